import type { Row } from "../bench/row.ts";
import { fuzzSteps } from "../media/routing/steps/fuzz_steps.ts";

const seeds = 10;
const stepsOfASeed = 5_000;

/** Mutated steps with one seed after another. Throws with the seed that killed a worker. */
export async function run(tell: (row: Row) => void): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) await fuzzSteps(stepsOfASeed, seed);
  tell({ name: "mutated steps that no SFU worker died of", value: seeds * stepsOfASeed, unit: "" });
}
