import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { say } from "../../shared/dev/say.ts";
import type { Row } from "../bench/row.ts";
import { controllersReady } from "../chaos/support/controllers.ts";
import { gather } from "../chaos/support/crowd.ts";
import { p95, quantile, recoverFrom } from "../chaos/support/recover.ts";
import { startSecondGlobal } from "../chaos/support/second_global.ts";
import { warningsSince } from "../chaos/support/warnings_since.ts";
import { openWatchedCall } from "../chaos/support/watched_call.ts";
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
const DRAINS = count("SOAK_DRAINS", 5);
const TARGET_MS = 5_000;
const MEETINGS = 20;
const PEOPLE = 5;

type Tell = (row: Row) => void;

export async function run(tell: Tell): Promise<void> {
  if (SEQUENCES > 0) await randomMeetings(tell);
  if (STORIES > 0) await randomStories(tell);
  if (KILLS + DRAINS > 0) await lostControllers(tell);
}

/**
 * Kills one of two meeting controllers again and again, and then has one after the other drained, under two global
 * controllers. Throws when somebody is not back with everything as before, or loses more than one connection of a drain.
 */
async function lostControllers(tell: Tell): Promise<void> {
  await using stack = await startStack({ DT_CONTROLLERS: "2" });
  await using second = await startSecondGlobal(stack);
  const crowds = await gather([stack.origin, second.origin], MEETINGS, PEOPLE);
  await using call = await openWatchedCall(stack.origin);
  for (const [what, times, signal] of [["kill", KILLS, "SIGKILL"], ["drain", DRAINS, "SIGTERM"]] as const) {
    const awayMs: number[] = [];
    const gapsMs: number[] = [];
    let fresh = 0;
    for (let time = 1; time <= times; time++) {
      const controllers = await controllersReady(stack, 2);
      // The one that has the call: after a kill all meetings are on the other.
      const port = await call.port();
      const victim = controllers.find((one) => one.port === port);
      if (victim === undefined) throw new Error("The call runs nowhere");
      await call.watch();
      const sinceMs = Date.now();
      const recovery = await recoverFrom(crowds, victim, signal);
      const { gapsMs: gaps, isKept } = await call.back();
      if (signal === "SIGTERM") assertEquals(recovery.losses, recovery.losses.map(() => 1));
      awayMs.push(...recovery.awayMs);
      gapsMs.push(...gaps);
      if (!isKept) fresh++;
      const [away, longest] = [p95(recovery.awayMs), recovery.awayMs.at(-1) ?? 0].map(Math.round);
      const people = `${recovery.awayMs.length} people away, p95 ${away} ms, longest ${longest} ms`;
      say(
        `${what} ${time}: ${people}; gaps of sound ${gaps.map(Math.round).join(" and ")} ms${
          isKept ? "" : " over fresh transports"
        }\n`,
      );
      if (isKept && longest !== undefined && longest <= TARGET_MS) continue;
      for (const line of await warningsSince(stack.dataDir, sinceMs)) say(`  ${line}\n`);
    }
    if (times === 0) continue;
    tellLosses(tell, `${times} ${what}s`, awayMs, gapsMs);
    const name = `${what}s of ${times} after which one of the browsers has fresh transports`;
    tell({ name, value: fresh, unit: "times", target: 0, lower_is_better: true });
  }
  await Promise.all(crowds.flatMap(({ people }) => people.map((one) => one.leave())));
}

function tellLosses(tell: Tell, faults: string, awayMs: number[], gapsMs: number[]): void {
  for (
    const [what, samples, target] of [["signaling away", awayMs, TARGET_MS], [
      "gap of sound",
      gapsMs,
      500,
    ]] as const
  ) {
    samples.sort((a, b) => a - b);
    const name = `${what} over ${faults} (${samples.length} times a person)`;
    tell({ name: `${name}, p50`, value: quantile(samples, 0.5), unit: "ms" });
    tell({ name: `${name}, p95`, value: p95(samples), unit: "ms", target, lower_is_better: true });
    tell({ name: `${name}, longest`, value: samples.at(-1) ?? 0, unit: "ms" });
  }
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
