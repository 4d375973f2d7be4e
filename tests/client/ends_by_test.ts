import { assertEquals } from "@std/assert";
import { afterEntry, afterNotification, initialState } from "../../shared/client/session_state.ts";
import { joinAnswer } from "./samples.ts";

const ending = (at: string | null) =>
  ({ type: "meeting.ending", data: { reason: "max_duration", at } }) as const;
const AT = "2026-01-02T03:34:05.000Z";

Deno.test("session › an end that the server announces is shown until it is called off, or we come in anew", () => {
  const announced = afterNotification(initialState, ending(AT));
  assertEquals(announced.endsBy, { reason: "max_duration", at: AT });
  assertEquals("endsBy" in afterNotification(announced, ending(null)), false);
  assertEquals("endsBy" in afterEntry(announced, joinAnswer()), false);
});
