import fc from "fast-check";
import { mutate } from "../actor/mutations/mutate.ts";
import { runSchedule } from "../actor/properties/run_schedule.ts";
import { schedule } from "../actor/properties/schedule.ts";
import type { Row } from "../bench/row.ts";

const schedules = 300_000;

/**
 * Thirty times the schedules of a test run, then each rule of the actors broken in a copy. Throws when a schedule
 * fails, with the seed that replays it, and when no test notices a broken rule.
 */
export async function run(tell: (row: Row) => void): Promise<void> {
  const property = fc.asyncProperty(schedule, async (one) => {
    const wrong = await runSchedule(one);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });
  await fc.assert(property, { numRuns: schedules });
  tell({ name: "random schedules without a fault", value: schedules, unit: "schedules" });
  const { lines, unnoticed } = await mutate();
  const noticed = lines.length - unnoticed.length;
  tell({ name: "broken rules that a test notices", value: noticed, unit: "mutations", target: lines.length });
  if (unnoticed.length > 0) throw new Error(`Nobody notices:\n${unnoticed.join("\n")}`);
}
