import { assert, assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { notificationFrame, requestFrame } from "../../../shared/protocol/mod.ts";
import { joinAnswer } from "../../client/samples.ts";
import { freshTokenOf } from "../state/meeting_world.ts";
import { joinedConnection } from "./joined_connection.ts";

const SECOND = 1_000;

/** A connection whose token lives for so long, and when it asked for another one, in milliseconds since its start. */
async function renewingConnection(exp = 90) {
  const connection = await joinedConnection({ exp });
  const { kit, upstream, meeting, ask } = connection;
  const asked: number[] = [];
  const answerWith = (answer: () => unknown) =>
    upstream.answer("meetingToken", () => {
      asked.push(kit.clock.now());
      return answer();
    });
  let id = 1;
  /** The client goes on, and pings. */
  const live = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 5) {
      await ask(requestFrame(++id, "session.ping", {}));
      await kit.advance(5 * SECOND);
    }
  };
  const renewals = () => meeting.received.filter(({ name }) => name === "rebind").length;
  return { ...connection, asked, answerWith, live, renewals };
}

Deno.test("renewal › a token is renewed before its end, and ten seconds after a failure", async () => {
  const { kit, scope, asked, answerWith, live, renewals } = await renewingConnection();
  answerWith(() => fail("unavailable", "The Global Controller is away."));
  await live(60);
  const [first = 0] = asked;
  assert(first >= 48 * SECOND && first <= 60 * SECOND, `${first} ms of a short life are about two thirds`);
  const tries = asked.length;
  answerWith(() => freshTokenOf("ada"));
  await live(10);
  assertEquals(asked.length, tries + 1);
  assertEquals(asked.at(-1), first + 10 * SECOND * tries);
  assertEquals(renewals(), 1);
  const renewed = asked.at(-1) ?? 0;
  await live(840);
  const later = (asked.at(-1) ?? 0) - renewed;
  assert(
    later >= 672 * SECOND && later <= 840 * SECOND,
    `at least a minute of a long life is left: ${later}`,
  );
  await kit.finish(scope.close());
});

Deno.test("renewal › those who came together don't renew together", async () => {
  const { kit, scope, asked, answerWith, live } = await renewingConnection();
  answerWith(() => ({ ...freshTokenOf("ada"), expires_in: 90 }));
  await live(20 * 60);
  const lives = asked.map((at, index) => at - (asked[index - 1] ?? 0));
  assert(lives.length >= 20 && lives.every((life) => life >= 48 * SECOND && life <= 60 * SECOND), `${lives}`);
  assert(new Set(lives.map((life) => Math.round(life / SECOND))).size > 5, `${lives}`);
  await kit.finish(scope.close());
});

Deno.test("renewal › a silent client is handed one token, however short a token's life is", async () => {
  const { kit, scope, ask, answerWith, renewals } = await renewingConnection(1);
  answerWith(() => ({ ...freshTokenOf("ada"), expires_in: 1 }));
  await kit.advance(8 * SECOND);
  assertEquals(renewals(), 1);
  await ask(requestFrame(2, "session.ping", {}));
  await kit.advance(8 * SECOND);
  assertEquals(renewals(), 2, "heard again, it gets the next one");
  await kit.finish(scope.close());
});

Deno.test("renewal › a client's first frame shows that it has the binding token of its answer, whatever was sent since", async () => {
  const { kit, scope, meeting, connection, ask } = await joinedConnection();
  const { binding_token } = joinAnswer();
  connection.tell("bound", notificationFrame("session.bound", { binding_token: "a fresh one", token: "t" }));
  for (const id of [2, 3]) await ask(requestFrame(id, "session.ping", {}));
  const shown = meeting.received.flatMap(({ name, body }) =>
    name === "confirmBinding" ? [MeetingState.confirmBinding.input.parse(body).bindingToken] : []
  );
  assertEquals(shown, [binding_token]);
  await kit.finish(scope.close());
});
