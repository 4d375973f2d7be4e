import { bitratesOf } from "./bitrates_of.ts";
import type { Published, TransportPair } from "./transport_pair.ts";

/** What a participant may send at least, in bits per second: a camera's three layers, and sound. */
const leastBitrate = 2_600_000;
/** For a sound whose sender doesn't say its bitrate. */
const soundBitrate = 128_000;
/** Headers, retransmissions and probes, over the media itself. */
const overhead = 1.15;

/**
 * Tells a client how much it may take its path for: what its producers have named as their most. A browser sends each
 * frame of a picture at 2.5 times the bitrate that it takes for possible. On a fast path that is a burst with no sound in
 * it, and behind such a burst sound waits at every receiver whose own path is thin.
 */
export function paceSender(pair: TransportPair): void {
  const bitrate = bitrateOf([...pair.producers.values()]);
  if (bitrate === pair.senderBitrate) return;
  pair.senderBitrate = bitrate;
  // A transport that is gone meanwhile has nothing to pace.
  pair.send.setMaxIncomingBitrate(bitrate).catch(() => {});
}

/** The bits per second that the client of these producers may send. */
export function bitrateOf(published: readonly Pick<Published, "producer">[]): number {
  const named = published.reduce((sum, { producer: { kind, rtpParameters: { encodings = [] } } }) => {
    const bitrates = kind === "video"
      ? bitratesOf(encodings)
      : encodings.map(({ maxBitrate }) => maxBitrate ?? soundBitrate);
    return sum + bitrates.reduce((one, other) => one + other, 0);
  }, 0);
  return Math.round(Math.max(leastBitrate, overhead * named));
}
