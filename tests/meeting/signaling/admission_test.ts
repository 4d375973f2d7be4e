import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import {
  closeCodes,
  type JoinAnswer,
  notificationFrame,
  requestFrame,
} from "../../../shared/protocol/mod.ts";
import { joinAnswer } from "../../client/samples.ts";
import { freshConnection } from "./fresh_connection.ts";

const { role, rev, meeting, participants, chat, assignments, consumers } = joinAnswer();
const admitted = notificationFrame("admitted", {
  state: "joined",
  role,
  rev,
  meeting,
  participants,
  chat,
  assignments,
  consumers,
});
const removed = { code: closeCodes.removed, reason: "a host did not let you in" };

/** A connection whose join the meeting has not answered. */
async function joiningConnection() {
  const fresh = await freshConnection();
  const answered = Promise.withResolvers<JoinAnswer | ReturnType<typeof fail>>();
  fresh.meeting.answer("join", () => answered.promise);
  await fresh.ask(requestFrame(1, "join", {}));
  const answer = async (given: JoinAnswer | ReturnType<typeof fail>) => {
    answered.resolve(given);
    await fresh.kit.settle();
  };
  return { ...fresh, answer };
}

Deno.test("admission › a host who is quicker than the join's answer has it followed by admitted", async () => {
  const { kit, scope, connection, answer, ask, codes } = await joiningConnection();
  connection.tell("admitted", admitted);
  await kit.settle();
  assertEquals(codes(), []);
  await answer(joinAnswer({ state: "waiting" }));
  assertEquals(codes(), [[1, undefined], "admitted"]);
  await ask(requestFrame(2, "reaction.send", { reaction: "👍" }));
  assertEquals(codes().at(-1), [2, undefined]);
  await kit.finish(scope.close());
});

Deno.test("admission › who is denied before the join's answer reads first that they waited", async () => {
  const { kit, scope, connection, answer, codes } = await joiningConnection();
  connection.tell("end", removed);
  await kit.settle();
  assertEquals(codes(), []);
  await answer(joinAnswer({ state: "waiting" }));
  assertEquals(codes(), [[1, undefined], `closed ${closeCodes.removed}`]);
  await kit.finish(scope.close());
});

Deno.test("admission › who is removed during a join that fails is not answered first", async () => {
  const { kit, scope, connection, answer, codes } = await joiningConnection();
  connection.tell("end", removed);
  await kit.settle();
  await answer(fail("removed", "You are not in this meeting any more."));
  assertEquals(codes()[0], `closed ${closeCodes.removed}`);
  await kit.finish(scope.close());
});

Deno.test("admission › a fresh binding that comes during a join follows its answer, whose own one is older", async () => {
  const { kit, scope, connection, answer, codes } = await joiningConnection();
  const bound = { binding_token: "b".repeat(43), token: "fresh", expires_in: 900 };
  connection.tell("bound", notificationFrame("session.bound", bound));
  await kit.settle();
  await answer(joinAnswer());
  assertEquals(codes(), [[1, undefined], "session.bound"]);
  await kit.finish(scope.close());
});
