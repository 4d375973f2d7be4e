import type { Layout, MediaKind, MediaSource, RtpCapabilities } from "../../shared/protocol/mod.ts";
import type { FilledSlot } from "../layout/tile.ts";

/** A reason why a producer is paused at the router. It is paused while at least one reason holds. */
export type PauseReason =
  /** By the participant's own choice. */
  | "self"
  /** A host muted it. */
  | "host"
  /** The meeting's permissions don't allow the source. */
  | "permission"
  /** The participant's connection is lost for too long. */
  | "away";

/** A stream that a participant sends. */
export interface Producer {
  readonly producerId: string;
  readonly participantId: string;
  readonly kind: MediaKind;
  readonly source: MediaSource;
  /** The sender's transport epoch: the producer ends with its transport. */
  readonly epoch: number;
  /** How many spatial layers it has; 1 for sound. */
  readonly layers: number;
  pausedBy: Set<PauseReason>;
}

/** A participant with transports, and the slots of their layout. */
export interface Subscriber {
  readonly participantId: string;
  readonly rtpCapabilities: RtpCapabilities;
  /** Rises with each pair of transports that the participant is given. */
  epoch: number;
  /** The client means to go on with the transports that it has: it is open whether the handler has them connected. */
  keeps: boolean;
  layout: Layout;
  slots: readonly FilledSlot[];
  /** Producers whose consumer the client has set up. */
  readonly ready: Set<string>;
  /** Producers that the subscriber received and that aren't shown any more: their consumers are kept until this time. */
  readonly hidden: Map<string, number>;
  /** Producers that the media handler can't forward to this client, by its answer to `consumer.open`. */
  readonly refused: Set<string>;
}

/** The producers and subscribers of a meeting: together they decide which media has to flow. */
export interface Scene {
  readonly producers: Map<string, Producer>;
  /** The producers that everybody but their sender hears. */
  sounds: readonly Producer[];
  readonly subscribers: Map<string, Subscriber>;
}

export function newScene(): Scene {
  return { producers: new Map(), sounds: [], subscribers: new Map() };
}

/** One participant's producers. */
export function producersOf({ producers }: Scene, participantId: string): Producer[] {
  return [...producers.values()].filter((producer) => producer.participantId === participantId);
}

/** Of each source the producer on the newest transports. */
export function newestOf(producers: readonly Producer[]): Producer[] {
  return producers.filter(({ source, epoch }) =>
    producers.every((other) => other.source !== source || other.epoch <= epoch)
  );
}

/** The producers on a participant's older transports. */
export function outdatedProducers(scene: Scene, participantId: string): string[] {
  const epoch = scene.subscribers.get(participantId)?.epoch ?? 0;
  return producersOf(scene, participantId)
    .filter((producer) => producer.epoch < epoch)
    .map(({ producerId }) => producerId);
}
