import type {
  Layout,
  MediaKind,
  MediaSource,
  RtpCapabilities,
  SourceState,
} from "../../shared/protocol/mod.ts";
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
  /** Where they are, by the GC that answered their join; null where nobody said. */
  readonly region: string | null;
  /** Rises with each pair of transports that the participant is given. */
  epoch: number;
  /** The client means to go on with the transports that it has: it is open whether the handler has them connected. */
  keeps: boolean;
  /** What a client said of its sources when it came back. It counts for producers that an inventory brings later, too. */
  readonly said: readonly SourceState[] | null;
  layout: Layout;
  slots: readonly FilledSlot[];
  /** Producers whose consumer the client has set up. */
  ready: ReadonlySet<string>;
  /** Producers that the subscriber received and that aren't shown any more: their consumers are kept until this time. */
  readonly hidden: Map<string, number>;
  /**
   * Consumer ids by producer id, of a client that keeps its media. Another controller's run has opened these consumers;
   * the handler is asked for their RTP parameters.
   */
  readonly undescribed: Map<string, string>;
  /** Producers that the media handler can't forward to this client, by its answer to `consumer.open`. */
  refused: ReadonlySet<string>;
}

/** How a subscriber is to receive one producer. */
export interface WantedConsumer {
  /** True until the client has set the consumer up. */
  readonly paused: boolean;
  /** When bandwidth is short, the higher one keeps its layers. */
  readonly priority: number;
  /** The highest spatial layer that is sent; null where there is none to choose. */
  readonly spatialLayer: number | null;
}

/** What a subscriber wants, and all that it was computed from. */
export interface Wants
  extends
    Pick<Subscriber, "layout" | "slots" | "ready" | "refused">,
    Readonly<Pick<Scene, "producers" | "sounds">> {
  /** By the producer's id. */
  readonly consumers: Map<string, WantedConsumer>;
}

/**
 * The producers and subscribers of a meeting: together they decide which media has to flow. The collections that decide
 * what a subscriber wants are replaced, and never changed in place: `wantedBy` knows by that what still holds.
 */
export interface Scene {
  producers: ReadonlyMap<string, Producer>;
  /** The producers that everybody but their sender hears. */
  sounds: readonly Producer[];
  readonly subscribers: Map<string, Subscriber>;
  /** As it was computed last for each subscriber. */
  readonly wants: WeakMap<Subscriber, Wants>;
}

export function newScene(): Scene {
  return { producers: new Map(), sounds: [], subscribers: new Map(), wants: new WeakMap() };
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

/** The producers on those of a participant's transports that ones of this epoch have replaced. */
export function outdatedProducers(scene: Scene, participantId: string, epoch: number): string[] {
  return producersOf(scene, participantId)
    .filter((producer) => producer.epoch < epoch)
    .map(({ producerId }) => producerId);
}
