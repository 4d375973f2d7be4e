import type { MediaState } from "./media_state.ts";
import { wantedBy } from "./wanted_by.ts";

/** How long the consumer of a producer that isn't shown any more is kept, paused. */
const keptMs = 30_000;
/** The most of them for one subscriber; more are closed at once, the oldest first. */
const mostHidden = 50;

/**
 * Notes the consumers of the concerned participants that are not wanted any more although their producers go on. They are
 * kept for a while: whoever looks back sees a picture at once, and the client's session descriptions don't change.
 */
export function noteHidden({ scene, actual, concerned, hidden }: MediaState, nowMs: number): void {
  for (const participantId of concerned.participants) {
    const subscriber = scene.subscribers.get(participantId);
    if (subscriber === undefined) continue;
    const consumers = actual.participants.get(participantId)?.consumers;
    const shown = wantedBy(subscriber, scene);
    for (const producerId of subscriber.hidden.keys()) {
      if (shown.has(producerId) || !consumers?.has(producerId)) subscriber.hidden.delete(producerId);
    }
    const fresh: string[] = [];
    for (const producerId of consumers?.keys() ?? []) {
      if (shown.has(producerId) || subscriber.hidden.has(producerId)) continue;
      if (scene.producers.has(producerId)) fresh.push(producerId);
    }
    if (fresh.length === 0) continue;
    const untilMs = nowMs + keptMs;
    for (const producerId of fresh) subscriber.hidden.set(producerId, untilMs);
    for (const producerId of [...subscriber.hidden.keys()].slice(0, -mostHidden)) {
      subscriber.hidden.set(producerId, nowMs);
    }
    hidden.push({ participantId, untilMs });
  }
}

/** Marks the participants as concerned who have hidden consumers that were kept for long enough. */
export function endHidden({ hidden, concerned }: MediaState, nowMs: number): void {
  const first = hidden.findIndex(({ untilMs }) => untilMs > nowMs);
  for (const { participantId } of hidden.splice(0, first < 0 ? hidden.length : first)) {
    concerned.participants.add(participantId);
  }
}
