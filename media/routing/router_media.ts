import type { RtpCapabilities, WebRtcTransport } from "mediasoup/types";
import type { Pipe } from "./pipe.ts";
import type { Published, Subscribed, TransportPair } from "./transport_pair.ts";

/** One participant's part of a router. */
export interface ParticipantMedia {
  readonly capabilities: RtpCapabilities;
  readonly current: TransportPair;
  /**
   * The pairs that `current` replaced, with one transport a direction at most. It lives until `current` carries that
   * direction (`steps/end_replaced.ts`), at most `previousTransportsMs`.
   */
  previous: readonly TransportPair[];
}

/** Everything in one router, with its counts. The functions below keep both in step. */
export interface RouterMedia {
  readonly participants: Map<string, ParticipantMedia>;
  /** Those of the participants here, and those that come through pipes. */
  readonly producers: Map<string, Published>;
  /** By the id of the other router. */
  readonly pipes: Map<string, Pipe>;
  /** Numbers of transports that mediasoup is creating at the moment. They are not in `load` yet. */
  readonly opening: { transports: number };
  readonly load: {
    transports: number;
    readonly producers: { audio: number; video: number };
    readonly consumers: { audio: number; video: number };
  };
}

export function emptyMedia(): RouterMedia {
  return {
    participants: new Map(),
    producers: new Map(),
    pipes: new Map(),
    opening: { transports: 0 },
    load: { transports: 0, producers: { audio: 0, video: 0 }, consumers: { audio: 0, video: 0 } },
  };
}

/** All pairs of a participant, the current one first. */
export function pairsOf({ current, previous }: ParticipantMedia): TransportPair[] {
  return [current, ...previous];
}

/** Forgets the replaced pairs of which nothing lives. */
export function forgetEnded(participant: ParticipantMedia): void {
  participant.previous = participant.previous.filter(({ live }) => live.size > 0);
}

/** Finds a transport of the participant, with its pair. */
export function findTransport(
  { participants }: RouterMedia,
  participantId: string,
  transportId: string,
): { readonly pair: TransportPair; readonly transport: WebRtcTransport } | undefined {
  const participant = participants.get(participantId);
  for (const pair of participant === undefined ? [] : pairsOf(participant)) {
    for (const transport of pair.live) if (transport.id === transportId) return { pair, transport };
  }
  return undefined;
}

/** The ids of all producers on a pair. */
export function producersOn({ producers }: TransportPair): string[] {
  return [...producers.values()].map(({ producer }) => producer.id);
}

/** Counts the transports of a new pair. */
export function addPair({ load }: RouterMedia, pair: TransportPair): void {
  load.transports += pair.live.size;
}

export function addProducer({ producers, load }: RouterMedia, published: Published): void {
  const { producer, pair, source } = published;
  pair?.producers.set(source, published);
  producers.set(producer.id, published);
  load.producers[producer.kind]++;
}

/** Adds a producer that comes through a pipe. It is counted in its own router alone. */
export function addPiped({ producers }: RouterMedia, { received }: Pipe, published: Published): void {
  producers.set(published.producer.id, published);
  received.set(published.producer.id, published);
}

export function addConsumer({ load }: RouterMedia, subscribed: Subscribed): void {
  const { consumer, pair, published } = subscribed;
  pair.consumers.set(consumer.producerId, subscribed);
  published.consumers.add(subscribed);
  load.consumers[consumer.kind]++;
}

export function dropConsumer(media: RouterMedia, subscribed: Subscribed): void {
  subscribed.consumer.close();
  forgetConsumer(media, subscribed);
}

/** Closes a producer. mediasoup closes its consumers. */
export function dropProducer(media: RouterMedia, published: Published): void {
  published.producer.close();
  forgetProducer(media, published);
}

/** Closes one end of a pipe. mediasoup closes what goes through it. */
export function dropPipe(media: RouterMedia, peerRouterId: string): void {
  const pipe = media.pipes.get(peerRouterId);
  if (pipe === undefined) return;
  pipe.transport.close();
  media.pipes.delete(peerRouterId);
  for (const published of [...pipe.received.values()]) forgetProducer(media, published);
}

/** Closes one transport of a pair, with its producers or consumers. */
export function dropTransport(media: RouterMedia, pair: TransportPair, transport: WebRtcTransport): void {
  if (!pair.live.delete(transport)) return;
  transport.close();
  media.load.transports--;
  if (transport === pair.recv) { for (const one of pair.consumers.values()) forgetConsumer(media, one); }
  else for (const one of pair.producers.values()) forgetProducer(media, one);
}

/** Closes both transports of a pair, with their producers and consumers. Returns the ids of these producers. */
export function dropPair(media: RouterMedia, pair: TransportPair): string[] {
  const ended = producersOn(pair);
  for (const transport of [...pair.live]) dropTransport(media, pair, transport);
  return ended;
}

export function dropParticipant(media: RouterMedia, participantId: string): void {
  const participant = media.participants.get(participantId);
  if (participant === undefined) return;
  for (const pair of pairsOf(participant)) dropPair(media, pair);
  media.participants.delete(participantId);
}

/** Forgets a closed producer and its consumers, which mediasoup has closed. */
function forgetProducer(media: RouterMedia, published: Published): void {
  const { producer, pair, source, consumers } = published;
  if (!media.producers.delete(producer.id)) return;
  for (const one of [...consumers]) forgetConsumer(media, one);
  for (const { sent, received } of media.pipes.values()) {
    sent.delete(producer.id);
    received.delete(producer.id);
  }
  if (pair === null) return;
  if (pair.producers.get(source) === published) pair.producers.delete(source);
  media.load.producers[producer.kind]--;
}

function forgetConsumer({ load }: RouterMedia, subscribed: Subscribed): void {
  const { consumer, pair, published } = subscribed;
  if (!published.consumers.delete(subscribed)) return;
  if (pair.consumers.get(consumer.producerId) === subscribed) pair.consumers.delete(consumer.producerId);
  load.consumers[consumer.kind]--;
}
