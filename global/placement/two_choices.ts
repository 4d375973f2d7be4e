/** What a choice depends on. */
export interface Choice<T> {
  /** Of those with the lowest rank one is chosen. */
  readonly rankOf: (candidate: T) => number;
  /** How full a candidate is: 0 and up. */
  readonly loadOf: (candidate: T) => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * The less loaded of two candidates that are picked at random: nearly as even as taking the least loaded one, and
 * several GCs that know the same loads don't all choose the same. M. Mitzenmacher, "The Power of Two Choices in
 * Randomized Load Balancing", IEEE Transactions on Parallel and Distributed Systems 12(10), 2001.
 */
export function chooseOfTwo<T>(
  candidates: readonly T[],
  { rankOf, loadOf, random }: Choice<T>,
): T | undefined {
  const lowest = Math.min(...candidates.map(rankOf));
  const best = candidates.filter((candidate) => rankOf(candidate) === lowest);
  const one = Math.floor(random() * best.length);
  const step = 1 + Math.floor(random() * (best.length - 1));
  const [first, second] = [best[one], best[(one + step) % best.length]];
  if (first === undefined || second === undefined) return first;
  return loadOf(second) < loadOf(first) ? second : first;
}
