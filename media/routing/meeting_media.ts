import type { Consumer, Producer, RtpCapabilities, WebRtcTransport } from "mediasoup/types";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import type { Load } from "../telemetry/load.ts";
import type { Inventory } from "./inventory.ts";
import { closeTransportPair, type TransportPair } from "./transport_pair.ts";

/** One participant's part of a meeting. */
export interface ParticipantMedia {
  readonly capabilities: RtpCapabilities;
  readonly current: TransportPair;
  /** Replaced by `current`, and still there until the client is known to use it. */
  previous: TransportPair | undefined;
  cancelPrevious: () => void;
}

/** A producer, and who it shows or lets hear. */
export interface Published {
  readonly producer: Producer;
  readonly participantId: string;
  readonly source: MediaSource;
}

/** Everything in one router, by participant, and every producer by its id. */
export interface MeetingMedia {
  readonly participants: Map<string, ParticipantMedia>;
  readonly producers: Map<string, Published>;
}

/** Both pairs of a participant, the current one first. */
export function pairsOf({ current, previous }: ParticipantMedia): TransportPair[] {
  return previous === undefined ? [current] : [current, previous];
}

/** A participant's own transport, and the pair that it belongs to. */
export function findTransport(
  participant: ParticipantMedia,
  transportId: string,
): { readonly pair: TransportPair; readonly transport: WebRtcTransport } | undefined {
  for (const pair of pairsOf(participant)) {
    for (const transport of [pair.send, pair.recv]) {
      if (transport.id === transportId && !transport.closed) return { pair, transport };
    }
  }
  return undefined;
}

/** A participant's own producer, and the pair that it is on. */
export function findProducer(
  participant: ParticipantMedia,
  producerId: string,
): { readonly pair: TransportPair; readonly producer: Producer } | undefined {
  for (const pair of pairsOf(participant)) {
    const producer = pair.producers.get(producerId);
    if (producer !== undefined) return { pair, producer };
  }
  return undefined;
}

/** Those of a participant's consumers that are among `consumerIds`. */
export function findConsumers(participant: ParticipantMedia, consumerIds: readonly string[]): Consumer[] {
  const wanted = new Set(consumerIds);
  return pairsOf(participant).flatMap(({ consumers }) =>
    [...consumers.values()].filter(({ id }) => wanted.has(id))
  );
}

/** Closes a producer; mediasoup closes what consumes it. */
export function dropProducer(media: MeetingMedia, pair: TransportPair, producer: Producer): void {
  producer.close();
  pair.producers.delete(producer.id);
  forget(media, producer.id);
}

/** Closes one consumer. */
export function dropConsumer(participant: ParticipantMedia, consumer: Consumer): void {
  consumer.close();
  for (const { consumers } of pairsOf(participant)) {
    if (consumers.get(consumer.producerId) === consumer) consumers.delete(consumer.producerId);
  }
}

/** Closes one transport of a pair, with all that is on it. */
export function dropTransport(media: MeetingMedia, pair: TransportPair, transport: WebRtcTransport): void {
  transport.close();
  if (transport === pair.recv) return pair.consumers.clear();
  for (const id of pair.producers.keys()) forget(media, id);
  pair.producers.clear();
}

/** Closes a pair with all that is on it. */
export function dropPair(media: MeetingMedia, pair: TransportPair): void {
  closeTransportPair(pair);
  for (const id of pair.producers.keys()) forget(media, id);
  pair.producers.clear();
  pair.consumers.clear();
}

/** Closes the pair that was replaced, if it is still there. */
export function dropPrevious(media: MeetingMedia, participant: ParticipantMedia): void {
  participant.cancelPrevious();
  if (participant.previous !== undefined) dropPair(media, participant.previous);
  participant.previous = undefined;
}

/** How much the meeting has. */
export function loadOf(media: MeetingMedia): Load {
  const { transports, producers, consumers } = inventoryOf(media);
  return { transports: transports.length, producers: byKind(producers), consumers: byKind(consumers) };
}

/** The live objects of the meeting. */
export function inventoryOf({ participants, producers }: MeetingMedia): Inventory {
  const pairs = [...participants.values()].flatMap(pairsOf);
  return {
    transports: pairs.flatMap(({ send, recv }) => [send, recv]).filter(({ closed }) => !closed),
    producers: [...producers.values()].map(({ producer }) => producer),
    consumers: pairs.flatMap(({ consumers }) => [...consumers.values()]),
  };
}

function byKind(items: readonly { readonly kind: "audio" | "video" }[]): { audio: number; video: number } {
  const video = items.filter(({ kind }) => kind === "video").length;
  return { audio: items.length - video, video };
}

/** The consumers of a producer that is closed are closed by mediasoup; here they are forgotten. */
function forget({ participants, producers }: MeetingMedia, producerId: string): void {
  producers.delete(producerId);
  for (const participant of participants.values()) {
    for (const { consumers } of pairsOf(participant)) consumers.delete(producerId);
  }
}
