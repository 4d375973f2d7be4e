import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import { fromInventory } from "./actual.ts";
import { type MediaState, nextEpoch } from "./media_state.ts";
import { producersOf } from "./scene.ts";

/**
 * Replaces actual by a handler's inventory, and marks every participant with media as concerned. Answers the participants
 * whose media is gone. A consumer without a description is left out of actual, and transports that the client was not
 * given count as older than any: the step that opens them is sent again, and answered with what exists.
 */
export function adoptInventory(state: MediaState, inventory: MediaInventory): string[] {
  state.actual = fromInventory(inventory);
  leaveOutUndescribed(state);
  state.isOpened = true;
  pruneDescriptions(state);
  const { actual, attending, concerned } = state;
  for (const participantId of attending.keys()) concerned.participants.add(participantId);
  for (const { producers } of actual.participants.values()) {
    for (const producerId of producers.keys()) concerned.producers.add(producerId);
  }
  return [...attending.keys()].filter((participantId) => isLost(state, participantId));
}

function leaveOutUndescribed(state: MediaState): void {
  const { actual, attending, epochs, descriptions } = state;
  for (const [participantId, there] of actual.participants) {
    epochs.set(participantId, Math.max(there.epoch, epochs.get(participantId) ?? 0));
    const one = attending.get(participantId);
    if (one !== undefined && !one.isAttached) {
      // Transports of another controller's run can't be given to the client: they are replaced at a higher epoch.
      if (!state.isOpened) one.subscriber.epoch = nextEpoch(state, participantId);
      // Older than any: so they are opened again, and closed if the participant leaves before.
      actual.participants.set(participantId, { ...there, epoch: -1, consumers: new Map() });
    }
    for (const [producerId, { consumerId }] of there.consumers) {
      if (!descriptions.has(consumerId)) there.consumers.delete(producerId);
    }
  }
}

/** Whether the client uses transports, or sends a producer, that the handler doesn't have. */
function isLost({ scene, actual, attending }: MediaState, participantId: string): boolean {
  const one = attending.get(participantId);
  if (one === undefined || !one.isAttached) return false;
  const there = actual.participants.get(participantId);
  if (there?.epoch !== one.subscriber.epoch) return true;
  return producersOf(scene, participantId).some(({ producerId, epoch }) =>
    epoch === there.epoch && !there.producers.has(producerId)
  );
}

function pruneDescriptions({ actual, descriptions }: MediaState): void {
  const there = new Set<string>();
  for (const { consumers } of actual.participants.values()) {
    for (const { consumerId } of consumers.values()) there.add(consumerId);
  }
  for (const consumerId of descriptions.keys()) if (!there.has(consumerId)) descriptions.delete(consumerId);
}
