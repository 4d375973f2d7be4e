import { assertEquals } from "@std/assert";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { passSocket } from "../../../meeting/shard/pass_socket.ts";
import { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";

/** A meeting that takes in no message yet, and a client's socket. */
function start() {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const meeting = createProbe(scope, MeetingState, "meeting").ref;
  const closed: number[] = [];
  const socket = {
    address: "127.0.0.1",
    listen() {},
    handled() {},
    send() {},
    sendSoon() {},
    ping: () => null,
    settle() {},
    close: (code: number) => void closed.push(code),
  };
  const never = () => {
    throw new Error("nobody opens a connection here");
  };
  return { kit, scope, meeting, closed, enter: () => passSocket(socket, meeting, never) };
}

Deno.test("pass socket › a meeting that is overloaded turns the client away at once, and keeps nothing of it", async () => {
  const { kit, scope, meeting, closed, enter } = start();
  while (meeting.tell("storeLost", undefined) === "accepted");
  enter();
  assertEquals(closed, [closeCodes.movedAway]);
  await kit.finish(scope.close(0));
  assertEquals(closed, [closeCodes.movedAway]);
});

Deno.test("pass socket › a meeting that ends before it takes the client in turns it away", async () => {
  const { kit, scope, closed, enter } = start();
  enter();
  assertEquals(closed, []);
  await kit.finish(scope.close(0));
  assertEquals(closed, [closeCodes.movedAway]);
});
