import { assertEquals } from "@std/assert";
import { isWaiting } from "../../../global/web/meeting/is_waiting.ts";
import { person } from "../../client/samples.ts";
import { inPhase, join, leave, letIn, until } from "../../client/joined_session.ts";
import { startSignalingServer } from "../../client/signaling_server.ts";

Deno.test("waiting room › is left when one is let in, and not when the connection is lost", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  await letIn(first, { state: "waiting", participants: [] });
  assertEquals(isWaiting(await until(session, inPhase("waiting"))), true);
  first.socket.close();
  assertEquals(isWaiting(await until(session, inPhase("reconnecting"))), true);
  const second = await server.accept();
  await letIn(second, { participants: [person("me"), person("other")] });
  assertEquals(isWaiting(await until(session, inPhase("joined"))), false);
  second.socket.close();
  assertEquals(isWaiting(await until(session, inPhase("reconnecting"))), false);
  const third = await server.accept();
  await letIn(third);
  await until(session, inPhase("joined"));
  await leave(session, third);
});
