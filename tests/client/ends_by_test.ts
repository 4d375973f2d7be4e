import { assertEquals } from "@std/assert";
import { afterEntry, afterNotification, initialState } from "../../shared/client/session_state.ts";
import { joinAnswer } from "./samples.ts";

const ending = (at: string | null, reason: "max_duration" | "no_host" = "max_duration") =>
  ({ type: "meeting.ending", data: { reason, at } }) as const;
const AT = "2026-01-02T03:34:05.000Z";

Deno.test("session › an end that the server announces is shown until it is called off, or we come in anew", () => {
  const announced = afterNotification(initialState, ending(AT));
  assertEquals(announced.endsBy, { reason: "max_duration", at: AT });
  assertEquals("endsBy" in afterNotification(announced, ending(null)), false);
  assertEquals("endsBy" in afterEntry(announced, joinAnswer()), false);
});

Deno.test("session › the maximum duration is shown again once a host's absence is called off", () => {
  const told = [
    ending(AT),
    ending("2026-01-02T03:33:05.000Z", "no_host"),
    ending(null, "no_host"),
    ending(AT),
  ];
  assertEquals(told.reduce(afterNotification, initialState).endsBy, { reason: "max_duration", at: AT });
});
