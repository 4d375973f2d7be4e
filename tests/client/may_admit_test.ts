import { assertEquals } from "@std/assert";
import { initialState, mayAdmit } from "../../shared/client/session_state.ts";
import type { Participant } from "../../shared/protocol/signaling.ts";
import { person } from "./samples.ts";

function may(self: Partial<Participant>, ...others: Partial<Participant>[]): boolean {
  const me = person("me", self);
  const participants = [me, ...others.map((change, index) => person(`other-${index}`, change))];
  return mayAdmit({ ...initialState, selfId: "me", role: me.role, participants });
}

Deno.test("admission › hosts let people in; while none is there, members do, and guests never", () => {
  assertEquals(may({ role: "host" }), true);
  assertEquals(may({ participant_type: "member" }), true);
  assertEquals(may({ participant_type: "member" }, { role: "host" }), false);
  assertEquals(may({ participant_type: "guest", role: "guest" }), false);
  assertEquals(may({ participant_type: "external" }), false);
});
