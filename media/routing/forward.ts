import type { Forwarding, Subscribed } from "./transport_pair.ts";

/** The worker reads the layer as one byte, and limits it to the layers of the stream. */
const allLayers = 255;

/** Forwards what is wanted, less what the receiver's path doesn't carry. Throws when mediasoup refuses. */
export async function forward(subscribed: Subscribed, change: Partial<Forwarding>): Promise<void> {
  const { consumer } = subscribed;
  const next = { ...subscribed.forwarding, ...change };
  const layer = layerOf(next);
  const isPaused = next.paused || next.maxLayer < 0;
  await Promise.all([
    layer === layerOf(subscribed.forwarding)
      ? undefined
      : consumer.setPreferredLayers({ spatialLayer: layer }),
    isPaused === consumer.paused ? undefined : isPaused ? consumer.pause() : consumer.resume(),
  ]);
  subscribed.forwarding = next;
}

/** The layer to prefer. It is set before a consumer resumes, so that its first packets have it. */
export function layerOf({ spatialLayer, maxLayer }: Omit<Forwarding, "paused">): number {
  return Math.min(spatialLayer ?? allLayers, Math.max(maxLayer, 0), allLayers);
}
