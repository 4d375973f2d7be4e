import type { WebRtcTransport } from "mediasoup/types";
import { type BandwidthLimits, type Excess, judgeSending } from "./bandwidth.ts";
import type { LiveObjects, LiveSending } from "./live_objects.ts";
import type { ConsumerSample, Measured, ProducerSample } from "./measure.ts";
import {
  factsOf,
  nextQuality,
  type Quality,
  type QualityLevel,
  type WantedLayers,
  wantedLayersOf,
} from "./quality.ts";

/** What is sent of a consumer. */
export type Sent = Pick<ConsumerSample, "packets" | "bitrate" | "layers">;

/** What a round has shown of one router. */
export interface Observation {
  readonly meetingId: string;
  readonly routerId: string;
  /** By the consumer's id. */
  readonly sent: ReadonlyMap<string, Sent>;
  /** The bits per second of each encoding, by the producer's id. */
  readonly received: ReadonlyMap<string, readonly number[]>;
  /** Participants whose quality has another level than before, or was judged here for the first time. */
  readonly changed: readonly { readonly participant_id: string; readonly level: QualityLevel }[];
  readonly excesses: readonly Excess[];
}

/** What the next round has to know of a participant. */
export interface Judgement {
  readonly quality: Quality;
  readonly wantedLayers: WantedLayers;
  /** In how many rounds they have sent more than their share, and not made up for it. */
  readonly excessRounds: number;
}

/** By router and participant. */
export type Judgements = ReadonlyMap<string, Judgement>;

/** A round, and the one before it. */
export interface Round {
  readonly live: readonly LiveObjects[];
  readonly measured: Measured;
  readonly before: Measured | undefined;
  /** Since the one before. */
  readonly elapsedMs: number;
  readonly judgements: Judgements;
}

/** What a bitrate is computed from. */
type Span = Pick<Round, "measured" | "before" | "elapsedMs">;

/**
 * Judges a round by router. The first judgement of a participant is told, whatever it is: on the router that they were moved
 * from it may have been another.
 */
export function observe(
  { live, measured, before, elapsedMs, judgements }: Round,
  limits: BandwidthLimits,
): { readonly observations: readonly Observation[]; readonly judgements: Judgements } {
  const span = { measured, before, elapsedMs };
  const next = new Map<string, Judgement>();
  const observations = live.map(({ meetingId, routerId, producers, piped, consumers, participants }) => {
    const changed: { participant_id: string; level: QualityLevel }[] = [];
    const excesses: Excess[] = [];
    for (const participant of participants) {
      const { participantId, sending } = participant;
      const key = `${routerId} ${participantId}`;
      const former = judgements.get(key);
      const quality = nextQuality(factsOf(participant, measured, former?.wantedLayers), former?.quality);
      const { level } = quality;
      if (level !== former?.quality.level) changed.push({ participant_id: participantId, level });
      const theirs = {
        participantId,
        sharesScreen: sending.sharesScreen,
        bitrate: bitrateOf(sending, span),
        soundBitrate: soundOf(sending, span),
      };
      const { rounds, excess } = judgeSending(theirs, limits, former?.excessRounds ?? 0);
      if (excess !== undefined) excesses.push(excess);
      next.set(key, { quality, wantedLayers: wantedLayersOf(participant), excessRounds: rounds });
    }
    const sent = new Map<string, Sent>();
    for (const consumer of consumers) {
      const sample = measured.consumers.get(consumer);
      if (sample !== undefined) sent.set(consumer.id, sample);
    }
    const received = new Map<string, readonly number[]>();
    for (const producer of [...producers, ...piped]) {
      const sample = measured.producers.get(producer) ?? measured.piped.get(producer);
      if (sample !== undefined) received.set(producer.id, sample.encodings);
    }
    return { meetingId, routerId, sent, received, changed, excesses };
  });
  return { observations, judgements: next };
}

/** What came in from a participant since the round before, in bits per second. */
function bitrateOf({ transports }: LiveSending, span: Span): number {
  const countOf = ({ transports }: Measured, one: WebRtcTransport) => {
    const sample = transports.get(one);
    return sample && { bytes: sample.bytesIn, atMs: sample.atMs };
  };
  return bitrate(transports, countOf, span);
}

/** The same of their sound alone. */
function soundOf({ producers }: LiveSending, span: Span): number {
  const sound = producers.filter(({ kind }) => kind === "audio");
  return bitrate(sound, ({ producers }, one) => producers.get(one), span);
}

/**
 * Of some objects together, each by its worker's clock: a worker that is slow to answer holds up the samples of the others.
 * One that the round before didn't have counts from its start: otherwise a client that has new transports made every few
 * seconds could send without bound.
 */
function bitrate<T>(
  objects: readonly T[],
  countOf: (measured: Measured, object: T) => Pick<ProducerSample, "bytes" | "atMs"> | undefined,
  { measured, before, elapsedMs }: Span,
): number {
  if (before === undefined) return 0;
  const bitrates = objects.map((one) => {
    const [now, then] = [countOf(measured, one), countOf(before, one)];
    const [bytes = 0, bytesBefore = 0] = [now?.bytes, then?.bytes];
    // mediasoup counts a stream anew when its sender changes the SSRC.
    const grown = bytes >= bytesBefore ? bytes - bytesBefore : bytes;
    const isTimed = now?.atMs !== undefined && then?.atMs !== undefined;
    const passedMs = isTimed ? now.atMs - then.atMs : elapsedMs;
    return passedMs > 0 ? 8_000 * grown / passedMs : 0;
  });
  return bitrates.reduce((sum, one) => sum + one, 0);
}
