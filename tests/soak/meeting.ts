import fc from "fast-check";
import type { Row } from "../bench/row.ts";
import { controllersReady } from "../chaos/support/controllers.ts";
import { gather } from "../chaos/support/crowd.ts";
import { p95, recoverFrom } from "../chaos/support/recover.ts";
import { startStack } from "../e2e/stack.ts";
import { play, sequence } from "../meeting/routing/support/sequence.ts";
import { story } from "../meeting/state/model/acts.ts";
import { play as playStory } from "../meeting/state/model/play.ts";

const SEQUENCES = 5_000;
const STORIES = 2_000;
const KILLS = Number(Deno.env.get("SOAK_KILLS") ?? 50);
const MEETINGS = 20;
const PEOPLE = 5;

type Tell = (row: Row) => void;

export async function run(tell: Tell): Promise<void> {
  await randomMeetings(tell);
  await randomStories(tell);
  await killedControllers(tell);
}

/** Kills one of two controllers again and again. Throws when somebody is not back with everything as before. */
async function killedControllers(tell: Tell): Promise<void> {
  await using stack = await startStack({ DT_CONTROLLERS: "2" });
  const crowds = await gather(stack.origin, MEETINGS, PEOPLE);
  const awayMs: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const controllers = await controllersReady(stack, 2);
    // The one that has a meeting: after a kill all of them are on the other.
    const port = await crowds[0]?.port();
    const victim = controllers.find((one) => one.port === port);
    if (victim === undefined) throw new Error("The first meeting runs nowhere");
    awayMs.push(...(await recoverFrom(crowds, victim, "SIGKILL")).awayMs);
  }
  awayMs.sort((a, b) => a - b);
  const name = `signaling away after ${KILLS} kills (${awayMs.length} times a person), p95`;
  tell({ name, value: p95(awayMs), unit: "ms", target: 5_000, lower_is_better: true });
  await Promise.all(crowds.flatMap(({ people }) => people.map((one) => one.leave())));
}

/** Random meetings over a handler that is slow, refuses, loses answers and dies. Throws with the seed that replays one. */
async function randomMeetings(tell: Tell): Promise<void> {
  const property = fc.asyncProperty(sequence, async (one) => {
    const wrong = await play(one);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });
  await fc.assert(property, { numRuns: SEQUENCES });
  tell({
    name: "random sequences after which what is there is what is wanted",
    value: SEQUENCES,
    unit: "sequences",
  });
}

/** Random people who come, go and moderate, over the same handler. Throws with the seed that replays a story. */
async function randomStories(tell: Tell): Promise<void> {
  const property = fc.asyncProperty(story, async (one) => {
    const wrong = await playStory(one);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });
  await fc.assert(property, { numRuns: STORIES });
  tell({
    name: "random stories after which everybody knows the same and nobody is heard who may not be",
    value: STORIES,
    unit: "stories",
  });
}
