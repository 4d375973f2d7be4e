import type { MediaMetrics } from "../metrics.ts";
import type { Measured } from "./measure.ts";
import type { Judgements } from "./observe.ts";

/** Shows a round in the metrics. Their labels are bounded: no metric names a meeting or a participant. */
export function showStreams(
  { bitrate, roundTrip, jitter, quality }: MediaMetrics,
  { transports, producers, consumers }: Measured,
  judgements: Judgements,
): void {
  const sums = { in: 0, out: 0 };
  for (const { bitrateIn, bitrateOut } of transports.values()) {
    sums.in += bitrateIn;
    sums.out += bitrateOut;
  }
  for (const direction of ["in", "out"] as const) bitrate.set({ direction }, sums[direction]);
  for (const { roundTripMs } of [...producers.values(), ...consumers.values()]) {
    if (roundTripMs !== null) roundTrip.observe({}, roundTripMs / 1_000);
  }
  for (const { jitterMs } of producers.values()) jitter.observe({}, jitterMs / 1_000);
  const counts = { good: 0, fair: 0, poor: 0 };
  for (const { quality: { level } } of judgements.values()) counts[level]++;
  for (const level of ["good", "fair", "poor"] as const) quality.set({ level }, counts[level]);
}
