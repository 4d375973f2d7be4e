import type { Forwarded } from "../../shared/protocol/media_link.ts";
import type {
  Assignment,
  Consumer,
  MediaKind,
  MediaSource,
  ParticipantSource,
} from "../../shared/protocol/mod.ts";
import type { Placement } from "../layout/grid.ts";

/** A stream that somebody sends, as the meeting's routing knows it. */
export interface Producer {
  readonly producerId: string;
  readonly participantId: string;
  readonly kind: MediaKind;
  readonly source: MediaSource;
  paused: boolean;
}

/** A stream that is forwarded to a subscriber. */
export interface Subscribed {
  readonly consumerId: string;
  readonly producerId: string;
}

/** Which producers a subscriber is to receive: the pictures in its slots, and everybody else's sound. */
export function wantedProducers(
  subscriberId: string,
  placements: readonly Placement[],
  producers: Iterable<Producer>,
): Set<string> {
  const wanted = new Set<string>();
  for (const { producerId } of placements) if (producerId !== null) wanted.add(producerId);
  for (const { producerId, participantId, kind } of producers) {
    if (kind === "audio" && participantId !== subscriberId) wanted.add(producerId);
  }
  return wanted;
}

/** A forwarded stream as the subscriber is told of it. */
export function toConsumer(forwarded: Forwarded, producer: Producer): Consumer {
  return {
    consumer_id: forwarded.consumer_id,
    producer_id: forwarded.producer_id,
    participant_id: producer.participantId,
    kind: forwarded.kind,
    source: producer.source,
    rtp_parameters: forwarded.rtp_parameters,
    paused: producer.paused,
  };
}

/** Slots with the consumers that fill them. */
export function toAssignments(
  placements: readonly Placement[],
  consumers: ReadonlyMap<string, Subscribed>,
): Assignment[] {
  return placements.map(({ slot, participantId, source, producerId }) => ({
    slot,
    participant_id: participantId,
    source,
    consumer_id: producerId === null ? null : consumers.get(producerId)?.consumerId ?? null,
  }));
}

/** A participant's producers as the roster shows them. */
export function toSources(participantId: string, producers: Iterable<Producer>): ParticipantSource[] {
  const sources: ParticipantSource[] = [];
  for (const producer of producers) {
    if (producer.participantId !== participantId) continue;
    const { source, producerId, paused } = producer;
    sources.push({ source, producer_id: producerId, paused, muted_by_host: false });
  }
  return sources;
}
