import { bitratesOf, usualBitrate } from "./bitrates_of.ts";

/** A lone layer adapts to nothing. This is what it takes when little moves. */
const loneCost = 300_000;
/** A layer counts for this at the least, whatever its sender names: a budget that is shared in nothings never grows. */
const leastCost = 30_000;
/** Headers, and an encoder that misses what it was told for a moment, are no more than this times what was named. */
const overshoot = 1.5;

/**
 * The bits per second for which each layer of a picture counts on a receiver's path, the smallest layer first. `bitrates` are
 * those that were measured of its sender's layers. What the sender names counts unless more comes, and beyond the usual only
 * as far as it comes: a word alone takes no thin path from others.
 */
export function layerCosts(
  encodings: readonly { readonly maxBitrate?: number }[],
  bitrates: readonly number[],
): number[] {
  if (encodings.length < 2) return [loneCost];
  return bitratesOf(encodings).map((named, layer) => {
    const measured = bitrates[layer] ?? 0;
    const believed = Math.min(named, Math.max(usualBitrate(layer, encodings.length), measured));
    return Math.max(leastCost, measured > overshoot * named ? measured : believed);
  });
}
