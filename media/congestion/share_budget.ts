/** A picture that a participant is to receive, as their link's budget sees it. */
export interface Stream {
  readonly id: string;
  readonly isScreen: boolean;
  /** The higher one is served first. */
  readonly priority: number;
  /** The bits per second of each layer that may be sent, the smallest layer first. Only one layer is sent at a time. */
  readonly costs: readonly number[];
  /** The bits per second that were measured when it was sent last, or null. */
  readonly measured: number | null;
}

/** The highest layer of a stream that the budget allows; `nothing` while the stream has to wait. */
export const nothing = -1;

/**
 * Shares a budget, in bits per second, among the pictures of one receiver. Screens go first, since they are read, then
 * the others by priority. Everybody gets the smallest layer before anybody gets a larger one; larger layers are given
 * out in turns. The first of all gets its smallest layer out of any budget but zero.
 */
export function shareBudget(streams: readonly Stream[], budget: number): Map<string, number> {
  const ordered = inOrder(streams);
  const layers = new Map(ordered.map(({ id }) => [id, nothing]));
  let left = budget;
  const raise = ({ id, costs }: Stream, isFirst: boolean): boolean => {
    const layer = layers.get(id) ?? nothing;
    const next = costs[layer + 1];
    if (next === undefined) return false;
    const more = next - (costs[layer] ?? 0);
    const isGranted = isFirst && layer === nothing && budget > 0;
    if (more > left && !isGranted) return false;
    left -= more;
    layers.set(id, layer + 1);
    return true;
  };
  const round = () => ordered.map((stream, index) => raise(stream, index === 0)).some(Boolean);
  while (round());
  return layers;
}

/** The bits per second of everything that the streams may send. */
export function demandOf(streams: readonly Stream[]): number {
  return streams.reduce((sum, { costs }) => sum + (costs.at(-1) ?? 0), 0);
}

/** The budget with which the first stream gets its smallest layer, and no other gets anything. */
export function leastBudget(streams: readonly Stream[]): number {
  return inOrder(streams)[0]?.costs[0] ?? 0;
}

/** The budget with which every stream gets its smallest layer. */
export function smallestLayers(streams: readonly Stream[]): number {
  return streams.reduce((sum, { costs }) => sum + (costs[0] ?? 0), 0);
}

/** What the smallest layers take, in bits per second, as far as it was measured: pictures that hardly move take less. */
export function smallestMeasured(streams: readonly Stream[]): number {
  return streams.reduce((sum, { costs, measured }) => sum + Math.min(costs[0] ?? 0, measured ?? Infinity), 0);
}

/** The budget with which each stream gets one layer more than with the present one. */
export function nextBudget(streams: readonly Stream[], budget: number): number {
  const layers = shareBudget(streams, budget);
  return streams.reduce((sum, { id, costs }) => {
    const next = Math.min((layers.get(id) ?? nothing) + 1, costs.length - 1);
    return sum + (costs[next] ?? 0);
  }, 0);
}

function inOrder(streams: readonly Stream[]): Stream[] {
  return streams.toSorted((one, other) =>
    Number(other.isScreen) - Number(one.isScreen) || other.priority - one.priority ||
    (one.id < other.id ? -1 : 1)
  );
}
