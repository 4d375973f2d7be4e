import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { notificationFrame, requestFrame } from "../../../shared/protocol/mod.ts";
import { freshConnection } from "./fresh_connection.ts";
import { joinedConnection } from "./joined_connection.ts";

Deno.test("hold › requests wait, pings don't; after a release they are taken in their order", async () => {
  const { kit, scope, connection, ask, react, reactions, codes } = await joinedConnection();
  await kit.finish(connection.ask("hold", undefined));
  await react(2);
  await react(3);
  await ask(requestFrame(4, "session.ping", {}));
  assertEquals([reactions(), codes()], [0, [[4, undefined]]]);
  connection.tell("release", undefined);
  await kit.settle();
  assertEquals([reactions(), codes().slice(1)], [2, [[2, undefined], [3, undefined]]]);
  await kit.finish(scope.close());
});

Deno.test("hold › after a move what waited is refused as overloaded, before the client is told the new place", async () => {
  const { kit, scope, connection, react, reactions, codes } = await joinedConnection();
  await kit.finish(connection.ask("hold", undefined));
  await react(2);
  connection.tell(
    "migrate",
    notificationFrame("session.migrate", { signaling_url: "ws://elsewhere/signaling" }),
  );
  await kit.settle();
  await react(3);
  assertEquals(codes(), [[2, "OVERLOADED"], "session.migrate", [3, "OVERLOADED"]]);
  assertEquals(reactions(), 0);
  await kit.finish(scope.close());
});

Deno.test("hold › a join that finds the meeting moved may be tried again, one that finds it ended not", async () => {
  const { kit, scope, meeting, ask, codes } = await freshConnection();
  meeting.answer("join", () => fail("moved", "The meeting has moved."));
  await ask(requestFrame(1, "join", {}));
  meeting.answer("join", () => fail("over", "The meeting is over."));
  await ask(requestFrame(2, "join", {}));
  assertEquals(codes(), [[1, "OVERLOADED"], [2, "NOT_FOUND"]]);
  await kit.finish(scope.close());
});
