import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { closeCodes, requestFrame } from "../../../shared/protocol/mod.ts";
import { joinedConnection } from "./joined_connection.ts";

const ended = { code: closeCodes.meetingEnded, reason: "ended by a host" };

Deno.test("end › what is under way is answered before the meeting's end closes the connection", async () => {
  const { kit, scope, meeting, connection, ask, codes } = await joinedConnection();
  const answered = Promise.withResolvers<void>();
  meeting.answer("end", async () => {
    connection.tell("end", ended);
    await answered.promise;
  });
  await ask(requestFrame(2, "meeting.end", {}));
  assertEquals(codes(), []);
  answered.resolve();
  await kit.settle();
  assertEquals(codes(), [[2, undefined], `closed ${closeCodes.meetingEnded}`]);
  await kit.finish(scope.close());
});

Deno.test("end › a host learns that the meeting's end could not be stored", async () => {
  const { kit, scope, meeting, ask, codes } = await joinedConnection();
  meeting.answer("end", () => fail("unavailable", "The meeting could not be ended."));
  await ask(requestFrame(2, "meeting.end", {}));
  await kit.settle();
  assertEquals(codes(), [[2, "UNAVAILABLE"]]);
  await kit.finish(scope.close());
});

Deno.test("end › a connection that ends with the meeting while a request is under way says that it has ended", async () => {
  const { kit, scope, meeting, connection, ask, codes } = await joinedConnection();
  meeting.answer("react", () => new Promise(() => {}));
  await ask(requestFrame(2, "reaction.send", { reaction: "👍" }));
  connection.tell("end", ended);
  await kit.settle();
  assertEquals(codes(), []);
  await kit.finish(scope.close(1_000));
  assertEquals(codes()[0], `closed ${closeCodes.meetingEnded}`);
});

Deno.test("end › who is removed is not answered first", async () => {
  const { kit, scope, meeting, connection, ask, codes } = await joinedConnection();
  meeting.answer("react", () => new Promise(() => {}));
  await ask(requestFrame(2, "reaction.send", { reaction: "👍" }));
  connection.tell("end", { code: closeCodes.removed, reason: "removed by a host" });
  await kit.settle();
  assertEquals(codes()[0], `closed ${closeCodes.removed}`);
  await kit.finish(scope.close(1_000));
});
