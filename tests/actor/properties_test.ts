import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { runSchedule } from "./properties/run_schedule.ts";
import { schedule } from "./properties/schedule.ts";

const runs = Number(Deno.env.get("ACTOR_RUNS") ?? 10_000);
const fixed = Deno.env.get("ACTOR_SEED");

Deno.test(`actor, ${runs} random schedules › asks settle, turns don't overlap, order holds, nothing is left`, async () => {
  const seed = fixed === undefined ? crypto.getRandomValues(new Int32Array(1))[0] ?? 0 : Number(fixed);
  const property = fc.asyncProperty(schedule, async (one) => assertEquals(await runSchedule(one), []));
  const details = await fc.check(property, { numRuns: runs, seed });
  if (!details.failed) return;
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : "";
  throw new Error(
    `Replay it with ACTOR_SEED=${details.seed}\n${fc.defaultReportMessage(details)}\n${why}`,
  );
});
