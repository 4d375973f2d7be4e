import { concernedReceivers } from "./concern.ts";
import type { MediaState } from "./media_state.ts";
import type { Receivers } from "./pipes.ts";
import { wantedBy } from "./wanted_by.ts";

/** The concerned streams' part of the receivers, as it is now. All others' part is as it was. */
export function noteReceivers({ scene, actual, concerned, receivers }: MediaState): void {
  if (actual.routers.size < 2) return receivers.clear();
  for (const { participantId, producerIds } of concernedReceivers(concerned)) {
    for (const producers of receivers.values()) {
      for (const producerId of producerIds ?? producers.keys()) {
        const there = producers.get(producerId);
        there?.wanted.delete(participantId);
        there?.active.delete(participantId);
        if (there?.wanted.size === 0) producers.delete(producerId);
      }
    }
    const subscriber = scene.subscribers.get(participantId);
    const routerId = actual.participants.get(participantId)?.routerId;
    if (subscriber === undefined || routerId === undefined) continue;
    const producers = receivers.get(routerId) ?? new Map<string, Receivers>();
    receivers.set(routerId, producers);
    const wants = wantedBy(subscriber, scene);
    for (const producerId of producerIds ?? wants.keys()) {
      const want = wants.get(producerId);
      if (want === undefined) continue;
      const there = producers.get(producerId) ?? { wanted: new Set(), active: new Set() };
      producers.set(producerId, there);
      there.wanted.add(participantId);
      if (!want.paused) there.active.add(participantId);
    }
  }
}
