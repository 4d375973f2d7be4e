/** Runs `work` until it has taken long enough to be measured, best of a few; operations a second. */
export async function rateOf(work: (count: number) => Promise<void> | void, start = 2_000): Promise<number> {
  let count = start;
  let best = 0;
  for (let measured = 0; measured < 5;) {
    const fromMs = performance.now();
    await work(count);
    const ms = performance.now() - fromMs;
    // Rounds too short to trust warm the compiler up.
    if (ms < 150) {
      count = Math.ceil(count * Math.min(4, Math.max(1.2, 200 / Math.max(ms, 1))));
      continue;
    }
    best = Math.max(best, count / ms * 1_000);
    measured++;
  }
  return best;
}
