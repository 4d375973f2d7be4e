import { bitratesOf, usualBitrate } from "./bitrates_of.ts";

/** What was measured of a picture when it was sent last. */
export interface SentLayer {
  /** Of the media, in bits per second. */
  readonly bitrate: number;
  readonly layer: number;
}

/** A lone layer adapts to nothing. This is what it takes when little moves. */
const loneCost = 300_000;
/** A layer counts for this at the least, whatever its sender names: a budget that is shared in nothings never grows. */
const leastCost = 30_000;

/**
 * The bits per second for which each layer of a picture counts on a receiver's path, the smallest layer first. What its
 * sender names counts beyond the usual only as far as it was measured: a word alone takes no thin path from others. What was
 * measured of a layer says nothing of smaller ones.
 */
export function layerCosts(
  encodings: readonly { readonly maxBitrate?: number }[],
  sent: SentLayer | null,
): number[] {
  if (encodings.length < 2) return [loneCost];
  return bitratesOf(encodings).map((named, layer) => {
    const measured = sent !== null && sent.layer <= layer ? sent.bitrate : 0;
    const most = Math.max(usualBitrate(layer, encodings.length), measured);
    return Math.max(leastCost, Math.min(named, most));
  });
}
