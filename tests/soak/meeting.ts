import fc from "fast-check";
import { say } from "../../shared/dev/say.ts";
import type { Row } from "../bench/row.ts";
import { controllersReady } from "../chaos/support/controllers.ts";
import { gather } from "../chaos/support/crowd.ts";
import { p95, quantile, recoverFrom } from "../chaos/support/recover.ts";
import { startSecondGlobal } from "../chaos/support/second_global.ts";
import { startStack } from "../e2e/stack.ts";
import { play, sequence } from "../meeting/routing/support/sequence.ts";
import { story } from "../meeting/state/model/acts.ts";
import { play as playStory } from "../meeting/state/model/play.ts";

/** Fewer of one part, or none with 0, so that a long soak can be run part by part. */
function count(variable: string, usual: number): number {
  return Number(Deno.env.get(variable) ?? usual);
}

const SEQUENCES = count("SOAK_SEQUENCES", 5_000);
const STORIES = count("SOAK_STORIES", 2_000);
const KILLS = count("SOAK_KILLS", 50);
const MEETINGS = 20;
const PEOPLE = 5;

type Tell = (row: Row) => void;

export async function run(tell: Tell): Promise<void> {
  if (SEQUENCES > 0) await randomMeetings(tell);
  if (STORIES > 0) await randomStories(tell);
  if (KILLS > 0) await killedControllers(tell);
}

/** Kills one of two meeting controllers again and again, under two global controllers. Throws when somebody is not back with everything as before. */
async function killedControllers(tell: Tell): Promise<void> {
  await using stack = await startStack({ DT_CONTROLLERS: "2" });
  await using second = await startSecondGlobal(stack);
  const crowds = await gather([stack.origin, second.origin], MEETINGS, PEOPLE);
  const awayMs: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const controllers = await controllersReady(stack, 2);
    // The one that has a meeting: after a kill all of them are on the other.
    const port = await crowds[0]?.port();
    const victim = controllers.find((one) => one.port === port);
    if (victim === undefined) throw new Error("The first meeting runs nowhere");
    const recovery = await recoverFrom(crowds, victim, "SIGKILL");
    awayMs.push(...recovery.awayMs);
    say(`kill ${kill + 1}: ${recovery.awayMs.length} people, p95 ${Math.round(p95(recovery.awayMs))} ms\n`);
  }
  awayMs.sort((a, b) => a - b);
  const name = `signaling away after ${KILLS} kills (${awayMs.length} times a person)`;
  tell({ name: `${name}, p50`, value: quantile(awayMs, 0.5), unit: "ms" });
  tell({ name: `${name}, p95`, value: p95(awayMs), unit: "ms", target: 5_000, lower_is_better: true });
  tell({ name: `${name}, longest`, value: awayMs.at(-1) ?? 0, unit: "ms" });
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
