import type { Row } from "../bench/row.ts";
import { percentile } from "../bench/percentile.ts";
import { lengthsOf, loseHandlers } from "../chaos/support/lose_handlers.ts";
import { fuzzSteps } from "../media/routing/steps/fuzz_steps.ts";

const seeds = 10;
const stepsOfASeed = 5_000;
const kills = Number(Deno.env.get("SOAK_KILLS") ?? 20);
const drains = Number(Deno.env.get("SOAK_DRAINS") ?? 4);
const people = Number(Deno.env.get("SOAK_PEOPLE") ?? 10);
const targetMs = 2_000;

type Tell = (row: Row) => void;

export async function run(tell: Tell): Promise<void> {
  await lostHandlers(tell);
  await mutatedSteps(tell);
}

/** Mutated steps with one seed after another. Throws with the seed that killed a worker. */
async function mutatedSteps(tell: Tell): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) await fuzzSteps(stepsOfASeed, seed);
  tell({ name: "mutated steps that no SFU worker died of", value: seeds * stepsOfASeed, unit: "" });
}

/** Kills and drains handlers of a meeting over two of them. Throws when somebody doesn't receive everybody again. */
async function lostHandlers(tell: Tell): Promise<void> {
  for (
    const [signal, times, what] of [["SIGKILL", kills, "killed"], ["SIGTERM", drains, "drained"]] as const
  ) {
    const { ofTheLost, ofTheOthers } = await loseHandlers({ size: people, times, signal });
    for (const source of ["microphone", "camera"] as const) {
      const [lost, others] = [lengthsOf(ofTheLost, source), lengthsOf(ofTheOthers, source)];
      const row = (name: string, value: number): Row => ({
        name: `${people} people, one of two handlers ${what} ${times} times, ${source}: ${name}`,
        value,
        unit: "ms",
      });
      const target = { target: targetMs, lower_is_better: true };
      tell(row(`gap of those on it, p50 of ${lost.length}`, percentile(lost, 0.5)));
      tell({ ...row("the same, p95", percentile(lost, 0.95)), ...target });
      tell(row("the same, longest", Math.max(...lost)));
      tell({ ...row(`gap among the others, longest of ${others.length}`, Math.max(...others)), ...target });
    }
  }
}
