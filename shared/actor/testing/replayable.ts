import { createTestKit, type TestKit } from "./test_kit.ts";

/**
 * Runs `test` once for each seed from `first` on; a failure names its seed, and `ACTOR_SEED` replays that one alone.
 * Throws what the test threw, with the seed in front.
 */
export async function replayable(
  options: { readonly runs: number; readonly first?: number; readonly only?: number | undefined },
  test: (kit: TestKit) => Promise<void>,
): Promise<void> {
  const { runs, first = 1, only } = options;
  const seeds = only === undefined ? Array.from({ length: runs }, (_, i) => first + i) : [only];
  for (const seed of seeds) {
    try {
      await test(createTestKit(seed));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`Seed ${seed} (replay it with ACTOR_SEED=${seed}): ${text}`, { cause: error });
    }
  }
}
