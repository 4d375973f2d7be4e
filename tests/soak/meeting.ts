import fc from "fast-check";
import type { Row } from "../bench/row.ts";
import { play, sequence } from "../meeting/routing/support/sequence.ts";

const SEQUENCES = 5_000;

/** Random meetings over a handler that is slow, refuses, loses answers and dies. Throws with the seed that replays one. */
export async function run(tell: (row: Row) => void): Promise<void> {
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
