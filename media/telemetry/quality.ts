import type { Consumer } from "mediasoup/types";
import type { LiveParticipant } from "./live_objects.ts";
import type { Measured } from "./measure.ts";

export type QualityLevel = "good" | "fair" | "poor";

/** What a participant had in one window of five seconds. */
export interface QualityFacts {
  /** The longest round trip; null while nothing has measured one. */
  readonly roundTripMs: number | null;
  /** The larger one of both directions' losses, 0 to 1. */
  readonly loss: number;
  /** The share of the spatial layers wanted since the round before that is not sent, 0 to 1. */
  readonly missingLayers: number;
}

/** A participant's quality, from 0 for the best to 1. */
export interface Quality {
  readonly badness: number;
  readonly level: QualityLevel;
}

/** Each fact counts from the first value on, and with its whole weight from the second. */
const scales = {
  roundTripMs: { from: 150, to: 600, weight: 0.4 },
  loss: { from: 0.01, to: 0.15, weight: 0.8 },
  missingLayers: { from: 0, to: 1, weight: 0.6 },
};
const bounds = { fair: 0.2, poor: 0.5 };
/** How much of the way up a better window goes. A worse one counts at once. */
const recovery = 0.3;

/** The quality after a window: quick down, slow up. docs/quality.md has the formula. */
export function nextQuality(facts: QualityFacts, before: Quality | undefined): Quality {
  const now = badnessOf(facts);
  const badness = before === undefined || now >= before.badness
    ? now
    : before.badness + recovery * (now - before.badness);
  return { badness, level: badness >= bounds.poor ? "poor" : badness >= bounds.fair ? "fair" : "good" };
}

function badnessOf(facts: QualityFacts): number {
  const share = (value: number, { from, to, weight }: { from: number; to: number; weight: number }) =>
    weight * Math.min(1, Math.max(0, (value - from) / (to - from)));
  return Math.min(
    1,
    share(facts.roundTripMs ?? 0, scales.roundTripMs) + share(facts.loss, scales.loss) +
      share(facts.missingLayers, scales.missingLayers),
  );
}

/** How many spatial layers a participant is to get of each consumer. */
export type WantedLayers = ReadonlyMap<Consumer, number>;

export function wantedLayersOf({ received }: LiveParticipant): WantedLayers {
  return new Map(received.map(({ consumer, wantedLayers }) => [consumer, wantedLayers]));
}

/**
 * The facts of one participant in a round. A layer that was not wanted in the round before has to come first: it takes a key
 * frame, or an encoder that was asked for less.
 */
export function factsOf(
  participant: LiveParticipant,
  measured: Measured,
  wantedBefore: WantedLayers | undefined,
): QualityFacts {
  const { send, recv, producers, received } = participant;
  const streams = [
    ...producers.map((producer) => measured.producers.get(producer)),
    ...received.map(({ consumer }) => measured.consumers.get(consumer)),
  ];
  const roundTrips = streams.flatMap((stream) => stream?.roundTripMs ?? []);
  let [wanted, missing] = [0, 0];
  for (const { consumer, wantedLayers } of received) {
    const due = Math.min(wantedLayers, wantedBefore?.get(consumer) ?? 0);
    wanted += due;
    missing += Math.max(0, due - (measured.consumers.get(consumer)?.layers ?? due));
  }
  return {
    roundTripMs: roundTrips.length === 0 ? null : Math.max(...roundTrips),
    loss: Math.max(measured.transports.get(send)?.lossIn ?? 0, measured.transports.get(recv)?.lossOut ?? 0),
    missingLayers: wanted === 0 ? 0 : missing / wanted,
  };
}
