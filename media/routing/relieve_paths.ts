import type { LinkSample } from "../congestion/congestion.ts";
import { idleCongestion, limitsOf, nextCongestion } from "../congestion/congestion.ts";
import type { Stream } from "../congestion/share_budget.ts";
import { forward } from "./forward.ts";
import { layerCosts } from "./layer_costs.ts";
import type { LayerReports } from "./layer_reports.ts";
import type { RouterMedia } from "./router_media.ts";
import type { Subscribed, TransportPair } from "./transport_pair.ts";

/** A participant's transports, and what was measured of the receiving one: null while it carries no picture. */
export interface SampledPair {
  readonly participantId: string;
  readonly pair: TransportPair;
  readonly sample: LinkSample | null;
}

/**
 * Measures the receiving transports that carry a picture, those that `isDue` takes. One that is gone meanwhile is left out.
 */
export async function samplePaths(
  { participants }: RouterMedia,
  isDue: (pair: TransportPair) => boolean = () => true,
): Promise<SampledPair[]> {
  const connected = [...participants].filter(([, { current }]) =>
    isDue(current) && current.live.has(current.recv) && current.recv.dtlsState === "connected"
  );
  const sampled = await Promise.all(connected.map(async ([participantId, { current: pair }]) => {
    if (![...pair.consumers.values()].some((one) => isPicture(one) && isSent(one))) {
      return [{ participantId, pair, sample: null }];
    }
    const [stats] = await pair.recv.getStats().catch(() => []);
    if (stats === undefined) return [];
    const sample = {
      loss: stats.rtpPacketLossSent ?? 0,
      sentBitrate: stats.sendBitrate,
      estimate: stats.availableOutgoingBitrate ?? Infinity,
    };
    return [{ participantId, pair, sample }];
  }));
  return sampled.flat();
}

/**
 * Limits the pictures of each participant to what their path carries, and notes the pictures that are withheld from now
 * on, or no longer. Returns the pairs whose phase has changed.
 */
export async function relievePaths(
  sampled: readonly SampledPair[],
  nowMs: number,
  reports: Pick<LayerReports, "note">,
): Promise<TransportPair[]> {
  const changed: TransportPair[] = [];
  const limit = async (participant_id: string, subscribed: Subscribed, maxLayer: number) => {
    const { consumer, forwarding } = subscribed;
    await forward(subscribed, { maxLayer });
    const isWithheld = maxLayer < 0;
    if (isWithheld === forwarding.maxLayer < 0) return;
    // mediasoup tells itself when the first layer of several is sent again.
    if (!isWithheld && consumer.type !== "simple") return;
    reports.note({ participant_id, producer_id: consumer.producerId, spatial_layer: isWithheld ? null : 0 });
  };
  await Promise.all(sampled.map(async ({ participantId, pair, sample }) => {
    const pictures = [...pair.consumers.values()].filter(isPicture);
    const streams = pictures.filter(isSent).map(describe);
    const before = pair.congestion;
    pair.congestion = sample === null || streams.length === 0
      ? idleCongestion(before, nowMs)
      : nextCongestion(before, sample, streams, nowMs);
    if (pair.congestion.phase === "free" && before.phase === "free") return;
    if (pair.congestion.phase !== before.phase) changed.push(pair);
    const { layers, minBitrate } = limitsOf(pair.congestion, streams);
    // A picture that is switched on before the next sample must not flood a thin path.
    const others = pair.congestion.phase === "free" ? Infinity : 0;
    // What ended meanwhile refuses, and needs no limit.
    await Promise.allSettled([
      ...pictures.map((one) => limit(participantId, one, layers.get(one.consumer.id) ?? others)),
      minBitrate === pair.minBitrate ? undefined : pair.recv.setMinOutgoingBitrate(minBitrate),
    ]);
    pair.minBitrate = minBitrate;
  }));
  return changed;
}

function isPicture({ consumer }: Subscribed): boolean {
  return consumer.kind === "video" && !consumer.closed;
}

/** Whether a picture takes bandwidth where the path has it: neither the controller nor its sender pauses it. */
function isSent({ consumer, forwarding }: Subscribed): boolean {
  return !forwarding.paused && !consumer.producerPaused;
}

function describe({ consumer, published, forwarding, priority, lastBitrate }: Subscribed): Stream {
  return {
    id: consumer.id,
    isScreen: published.source === "screen",
    priority,
    costs: layerCosts(published.producer.rtpParameters.encodings ?? [], published.bitrates).slice(
      0,
      (forwarding.spatialLayer ?? Infinity) + 1,
    ),
    measured: lastBitrate,
  };
}
