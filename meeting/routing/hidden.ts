import { concernedReceivers, concernStreams } from "./concern.ts";
import type { MediaState } from "./media_state.ts";
import { wantedBy } from "./wanted_by.ts";

/** How long the consumer of a producer that isn't shown any more is kept, paused. */
const keptMs = 30_000;
/** The most of them for one subscriber; more are closed at once, the oldest first. */
const mostHidden = 50;

/**
 * Notes the concerned consumers that are not wanted any more although their producers go on. They are kept for a while:
 * whoever looks back sees a picture at once, and the client's session descriptions don't change.
 */
export function noteHidden({ scene, actual, concerned, hidden }: MediaState, nowMs: number): void {
  for (const { participantId, producerIds } of concernedReceivers(concerned)) {
    const subscriber = scene.subscribers.get(participantId);
    if (subscriber === undefined) continue;
    const consumers = actual.participants.get(participantId)?.consumers;
    const shown = wantedBy(subscriber, scene);
    const fresh: string[] = [];
    for (const producerId of producerIds ?? [...subscriber.hidden.keys(), ...consumers?.keys() ?? []]) {
      if (shown.has(producerId) || !consumers?.has(producerId)) subscriber.hidden.delete(producerId);
      else if (!subscriber.hidden.has(producerId) && scene.producers.has(producerId)) fresh.push(producerId);
    }
    if (fresh.length === 0) continue;
    const untilMs = nowMs + keptMs;
    for (const producerId of fresh) subscriber.hidden.set(producerId, untilMs);
    hidden.push({ participantId, producerIds: fresh, untilMs });
    if (subscriber.hidden.size <= mostHidden) continue;
    const oldest = [...subscriber.hidden.keys().take(subscriber.hidden.size - mostHidden)];
    for (const producerId of oldest) subscriber.hidden.set(producerId, nowMs);
    concernStreams(concerned, participantId, oldest);
  }
}

/** Marks the hidden consumers as concerned that were kept for long enough. */
export function endHidden({ hidden, concerned }: MediaState, nowMs: number): void {
  const first = hidden.findIndex(({ untilMs }) => untilMs > nowMs);
  for (const { participantId, producerIds } of hidden.splice(0, first < 0 ? hidden.length : first)) {
    concernStreams(concerned, participantId, producerIds);
  }
}
