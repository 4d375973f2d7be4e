import { assertEquals } from "@std/assert";
import { requestFrame } from "../../../shared/protocol/mod.ts";
import { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { joinAnswer } from "../../client/samples.ts";
import { freshConnection } from "./fresh_connection.ts";

/** A client that has joined. */
async function joined(pong?: Promise<void>) {
  const fresh = await freshConnection(pong === undefined ? {} : { pong });
  await fresh.ask(requestFrame(1, "join", {}));
  let id = 1;
  return {
    ...fresh,
    sendFrame: () => fresh.ask(requestFrame(++id, "session.ping", {})),
    proven: () =>
      fresh.meeting.received.flatMap(({ name, body }) =>
        name === "confirmBinding" ? [MeetingState.confirmBinding.input.parse(body).bindingToken] : []
      ),
  };
}

const { binding_token } = joinAnswer();

Deno.test("binding proof › a frame that crosses the answer is none before the pong to a ping behind it", async () => {
  const pong = Promise.withResolvers<void>();
  const { kit, scope, codes, sendFrame, proven } = await joined(pong.promise);
  assertEquals(codes(), [[1, undefined], "ping"]);
  await sendFrame();
  await sendFrame();
  assertEquals(proven(), []);
  pong.resolve();
  await kit.settle();
  assertEquals(proven(), [binding_token]);
  await sendFrame();
  assertEquals(proven(), [binding_token], "once");
  await kit.finish(scope.close());
});

Deno.test("binding proof › a pong, which may be a proxy's, is none before a frame", async () => {
  const pong = Promise.withResolvers<void>();
  const { kit, scope, sendFrame, proven } = await joined(pong.promise);
  pong.resolve();
  await kit.settle();
  assertEquals(proven(), []);
  await sendFrame();
  assertEquals(proven(), [binding_token]);
  await kit.finish(scope.close());
});

Deno.test("binding proof › of a client that answers no ping it is a frame after as long as a silent one is kept", async () => {
  const { kit, scope, sendFrame, proven } = await joined(new Promise(() => {}));
  for (const atMs of [4_000, 8_000, 11_999]) {
    await kit.advance(atMs - kit.clock.now());
    await sendFrame();
  }
  assertEquals(proven(), []);
  await kit.advance(1);
  await sendFrame();
  assertEquals(proven(), [binding_token]);
  await kit.finish(scope.close());
});

Deno.test("binding proof › where the socket can't ping it is the first frame", async () => {
  const { kit, scope, sendFrame, proven } = await joined();
  await sendFrame();
  assertEquals(proven(), [binding_token]);
  await kit.finish(scope.close());
});
