import type { MediaState } from "./media_state.ts";
import type { Receivers } from "./pipes.ts";
import { wantedBy } from "./wanted_by.ts";

/** The concerned participants' part of the receivers, as it is now. All others' part is as it was. */
export function noteReceivers({ scene, actual, concerned, receivers }: MediaState): void {
  if (actual.routers.size < 2) return receivers.clear();
  for (const participantId of concerned.participants) {
    for (const producers of receivers.values()) {
      for (const [producerId, { wanted, active }] of producers) {
        wanted.delete(participantId);
        active.delete(participantId);
        if (wanted.size === 0) producers.delete(producerId);
      }
    }
    const subscriber = scene.subscribers.get(participantId);
    const routerId = actual.participants.get(participantId)?.routerId;
    if (subscriber === undefined || routerId === undefined) continue;
    const producers = receivers.get(routerId) ?? new Map<string, Receivers>();
    receivers.set(routerId, producers);
    for (const [producerId, { paused }] of wantedBy(subscriber, scene)) {
      const there = producers.get(producerId) ?? { wanted: new Set(), active: new Set() };
      producers.set(producerId, there);
      there.wanted.add(participantId);
      if (!paused) there.active.add(participantId);
    }
  }
}
