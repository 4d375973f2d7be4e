import type { LiveObjects } from "./live_objects.ts";
import type { Measured } from "./measure.ts";
import { factsOf, nextQuality, type Quality, type QualityLevel } from "./quality.ts";

/** What a round has shown of one router. */
export interface Observation {
  readonly meetingId: string;
  readonly routerId: string;
  /** RTP packets since the start, by the consumer's id. */
  readonly packetsSent: ReadonlyMap<string, number>;
  /** Participants whose quality has another level than before. */
  readonly changed: readonly { readonly participant_id: string; readonly level: QualityLevel }[];
}

/** Each participant's quality, by router and participant. */
export type Qualities = ReadonlyMap<string, Quality>;

/** Judges a round by router. The next round gets the qualities of this one. A new participant's quality is good. */
export function observe(
  live: readonly LiveObjects[],
  measured: Measured,
  before: Qualities,
): { readonly observations: readonly Observation[]; readonly qualities: Qualities } {
  const qualities = new Map<string, Quality>();
  const observations = live.map(({ meetingId, routerId, consumers, participants }) => {
    const changed: { participant_id: string; level: QualityLevel }[] = [];
    for (const participant of participants) {
      const { participantId: participant_id } = participant;
      const key = `${routerId} ${participant_id}`;
      const former = before.get(key);
      const quality = nextQuality(factsOf(participant, measured), former);
      qualities.set(key, quality);
      if (quality.level !== (former?.level ?? "good")) changed.push({ participant_id, level: quality.level });
    }
    const packetsSent = new Map<string, number>();
    for (const consumer of consumers) {
      const sample = measured.consumers.get(consumer);
      if (sample !== undefined) packetsSent.set(consumer.id, sample.packets);
    }
    return { meetingId, routerId, packetsSent, changed };
  });
  return { observations, qualities };
}
