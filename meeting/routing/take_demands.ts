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

/** Notes what the concerned participants want of each picture: by their layout, or as they have it while they are held. */
export function noteWanted(state: MediaState): void {
  const { pictures, wantedBy: before, changed } = state.demands;
  for (const participantId of state.concerned.participants) {
    const wants = wantsOf(state, participantId);
    const wanted = before.get(participantId);
    if (wants === wanted) continue;
    for (const producerId of wanted?.keys() ?? []) {
      if (wants?.has(producerId) || !pictures.get(producerId)?.wanted.delete(participantId)) continue;
      changed.add(producerId);
    }
    for (const [producerId, { spatialLayer }] of wants ?? []) {
      const receivers = pictures.get(producerId)?.wanted;
      const layer = spatialLayer ?? 0;
      if (receivers === undefined || receivers.get(participantId) === layer) continue;
      receivers.set(participantId, layer);
      changed.add(producerId);
    }
    if (wants === undefined) before.delete(participantId);
    else before.set(participantId, wants);
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
