import { concernedReceivers } from "./concern.ts";
import type { WantedLayers } from "./demand.ts";
import type { MediaState } from "./media_state.ts";
import { wantedBy } from "./wanted_by.ts";

/** A demand falls after this time in which nobody wanted as much. */
const fallMs = 5_000;

/** The highest layer that a participant is asked to send of their producer; null for nothing at all. */
export interface DemandNotice {
  readonly participantId: string;
  readonly producerId: string;
  readonly maxLayer: number | null;
}

/** Notes what is wanted of each concerned picture: by its receiver's layout, or as they have it while they are held. */
export function noteWanted(state: MediaState): void {
  const { pictures, noted, changed } = state.demands;
  for (const { participantId, producerIds } of concernedReceivers(state.concerned)) {
    const wants = wantsOf(state, participantId);
    const theirs = noted.get(participantId) ?? new Set();
    for (const producerId of producerIds ?? new Set([...theirs, ...wants?.keys() ?? []])) {
      const receivers = pictures.get(producerId)?.wanted;
      const want = receivers === undefined ? undefined : wants?.get(producerId);
      const layer = want === undefined ? undefined : want.spatialLayer ?? 0;
      if (layer === undefined) theirs.delete(producerId);
      else theirs.add(producerId);
      if (receivers === undefined || receivers.get(participantId) === layer) continue;
      if (layer === undefined) receivers.delete(participantId);
      else receivers.set(participantId, layer);
      changed.add(producerId);
    }
    if (theirs.size > 0) noted.set(participantId, theirs);
    else noted.delete(participantId);
  }
}

function wantsOf(
  { scene, actual, present, attending }: MediaState,
  participantId: string,
): WantedLayers | undefined {
  const subscriber = scene.subscribers.get(participantId);
  if (subscriber !== undefined) return wantedBy(subscriber, scene);
  if (!present.has(participantId) || attending.has(participantId)) return undefined;
  const layers = new Map<string, { readonly spatialLayer: number }>();
  for (
    const [producerId, { paused, spatialLayer }] of actual.participants.get(participantId)?.consumers ?? []
  ) {
    const highest = (scene.producers.get(producerId)?.layers ?? 1) - 1;
    if (!paused) layers.set(producerId, { spatialLayer: spatialLayer ?? highest });
  }
  return layers;
}

/** Brings the demands in force to what is wanted: up at once, down after a while. Answers those to be told. */
export function takeDemands({ demands, scene }: MediaState, nowMs: number): DemandNotice[] {
  const { pictures, changed, falling } = demands;
  const notices: DemandNotice[] = [];
  for (const producerId of changed) {
    const demand = pictures.get(producerId);
    const owner = scene.producers.get(producerId)?.participantId;
    if (demand === undefined || owner === undefined) continue;
    const before = demand.inForce;
    const wanted = demand.wanted.size === 0 ? null : Math.max(...demand.wanted.values());
    const isDown = (wanted ?? -1) < (before ?? -1);
    if (!isDown || demand.fallsAtMs !== null && demand.fallsAtMs <= nowMs) {
      demand.inForce = wanted;
      demand.fallsAtMs = null;
    } else if (demand.fallsAtMs === null) {
      demand.fallsAtMs = nowMs + fallMs;
      falling.push({ producerId, untilMs: demand.fallsAtMs });
    }
    if (demand.isTold && demand.inForce === before) continue;
    demand.isTold = true;
    notices.push({ participantId: owner, producerId, maxLayer: demand.inForce });
  }
  changed.clear();
  return notices;
}
