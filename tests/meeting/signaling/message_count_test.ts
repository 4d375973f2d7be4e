import { assertEquals } from "@std/assert";
import { requestFrame } from "../../../shared/protocol/mod.ts";
import { freshConnection } from "./fresh_connection.ts";

Deno.test("message count › every answer counts by type and result, whoever gives it, and a type that is none as unknown", async () => {
  const connection = await freshConnection();
  const { ask, react, refuse, counted } = connection;
  await react(1);
  await ask(requestFrame(2, "join", {}));
  await ask(requestFrame(3, "join", {}));
  await ask(requestFrame(4, "session.ping", {}));
  await ask(requestFrame(5, "latency.report", {}));
  await react(6);
  await ask('{"type":"a type of my own","id":7}');
  await ask('{"type":"reaction.send","data":{},"id":8}');
  refuse("session.ping");
  refuse("another type of my own");
  assertEquals(await counted(), [
    "join INVALID_REQUEST 1",
    "join ok 1",
    "latency.report ok 1",
    "reaction.send INVALID_REQUEST 1",
    "reaction.send NOT_JOINED 1",
    "reaction.send ok 1",
    "session.ping RATE_LIMITED 1",
    "session.ping ok 1",
    "unknown INVALID_REQUEST 1",
    "unknown RATE_LIMITED 1",
  ]);
});
