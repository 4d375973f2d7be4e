import { concernStreams } from "./concern.ts";
import { Consumers } from "./consumers.ts";
import type { MediaState } from "./media_state.ts";
import { isPaused } from "./wanted.ts";

/** Notes that the client has set up these consumers, so that they are resumed. */
export function setReady(
  { scene, actual, concerned }: MediaState,
  participantId: string,
  consumerIds: readonly string[],
): void {
  const subscriber = scene.subscribers.get(participantId);
  const consumers = actual.participants.get(participantId)?.consumers ?? new Consumers();
  const setUp = new Set(consumerIds);
  const ready = [...consumers].filter(([, { consumerId }]) => setUp.has(consumerId)).map(([id]) => id);
  if (subscriber !== undefined) {
    const before = [...subscriber.ready].filter((id) => scene.producers.has(id) || consumers.has(id));
    subscriber.ready = new Set([...before, ...ready]);
  }
  concernStreams(concerned, participantId, ready);
}

/** The consumers of a participant over which packets should come: they and their producers are not paused. */
export function flowingTo({ scene, actual }: MediaState, participantId: string): string[] {
  const consumers = actual.participants.get(participantId)?.consumers ?? [];
  return [...consumers].flatMap(([producerId, { consumerId, paused }]) => {
    const producer = scene.producers.get(producerId);
    return paused || producer === undefined || isPaused(producer) ? [] : [consumerId];
  });
}

/**
 * Drops the consumers of a leaver's producers from actual at once, before the handler answers. Answers the receivers. A
 * client that was told of a consumer is one of them, even if nobody knows whether the handler still has it.
 */
export function forgetConsumersOf(
  { actual, attending }: MediaState,
  leaverId: string,
  producerIds: readonly string[],
): string[] {
  const receivers = new Set<string>();
  for (const [participantId, { consumers }] of actual.participants) {
    for (const producerId of producerIds) if (consumers.delete(producerId)) receivers.add(participantId);
  }
  for (const [participantId, { view }] of attending) {
    for (const [producerId, { participantId: senderId }] of view.consumers) {
      if (senderId !== leaverId) continue;
      actual.participants.get(participantId)?.consumers.delete(producerId);
      view.due.add(producerId);
      receivers.add(participantId);
    }
  }
  return [...receivers];
}

/** Notes the spatial layer that a participant, who may not be back yet, is sent of a producer; null for none. */
export function noteLayer(
  { actual, attending, sentLayers }: MediaState,
  participantId: string,
  producerId: string,
  spatialLayer: number | null,
): void {
  const consumer = actual.participants.get(participantId)?.consumers.get(producerId);
  if (consumer === undefined) return;
  sentLayers.set(consumer.consumerId, spatialLayer);
  attending.get(participantId)?.view.due.add(producerId);
}
