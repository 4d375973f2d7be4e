import { type Audible, newAudible } from "../layout/audible.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import { type Actual, nothingThere } from "./actual.ts";
import type { ClientView, ConsumerDescription } from "./client_view.ts";
import { type Concern, concernStreams, newConcern } from "./concern.ts";
import { type Handlers, type HandlerSearch, newStanding } from "./handler_standing.ts";
import type { ReceiversByRouter } from "./pipes.ts";
import type { HeldRights } from "./rights.ts";
import { type Demands, newDemands } from "./demand.ts";
import { newScene, type Scene, type Subscriber } from "./scene.ts";

/** A participant with media, and the view that their client was told. */
export interface Attending {
  readonly subscriber: Subscriber;
  view: ClientView;
  /** The handler has opened the transports of the subscriber's epoch. */
  isAttached: boolean;
  /** While a client is being moved: what it goes on with if the other handler doesn't take it. */
  left: Left | null;
}

/** The transports of a client that is being moved away from a handler that is about to end. */
interface Left extends Pick<Subscriber, "epoch" | "ready"> {
  readonly view: ClientView;
}

/** One meeting's media as its controller knows it: the scene, actual, and each client's view. */
export interface MediaState {
  readonly scene: Scene;
  actual: Actual;
  readonly handlers: Handlers;
  /** Another controller's run may have left media on handlers that have not answered yet: nobody is placed meanwhile. */
  isAdopting: boolean;
  search: HandlerSearch;
  /** Routers that take nobody new. They are asked again after the next inventory of their handler. */
  readonly fullRouters: Set<string>;
  /** Participants who wait for a router. */
  readonly unplaced: Set<string>;
  readonly receivers: ReceiversByRouter;
  readonly attending: Map<string, Attending>;
  /** All participants in the meeting, with or without media. */
  readonly present: Set<string>;
  /** Participants whose connection is lost for so long that nothing of them is forwarded. */
  readonly away: Set<string>;
  /** By participant; absent: everything is allowed. */
  readonly rights: Map<string, HeldRights>;
  /** The newest transport epoch of each participant. */
  readonly epochs: Map<string, number>;
  /** Producers whose first packets were reported before the answer came that names them. */
  readonly flowing: Set<string>;
  /** Producers that take the place of older ones as soon as they are received instead. */
  readonly replacing: Set<string>;
  /** By consumer id. */
  readonly descriptions: Map<string, ConsumerDescription>;
  /** The spatial layers that the handler has reported last, by consumer id; null for none. */
  readonly sentLayers: Map<string, number | null>;
  /** The hidden consumers of a participant that are kept until a time; by these times. */
  readonly hidden: {
    readonly participantId: string;
    readonly producerIds: readonly string[];
    readonly untilMs: number;
  }[];
  readonly demands: Demands;
  /** Participants whose microphone, screen or screen's sound may have come, gone or been paused. */
  readonly soundsDue: Set<string>;
  /** Whose microphones everybody hears. */
  readonly audible: Audible;
  readonly concerned: Concern;
  /**
   * Participants who left before every handler had sent its first inventory, or were removed before this controller had the
   * meeting. Their media there is closed with it.
   */
  readonly departed: Set<string>;
  /** What concerns a handler whose last batch isn't answered, or whose link is lost, by handler. */
  readonly withheld: Map<string, Concern>;
}

export interface MediaInit {
  /** The handlers of the lease, the preferred one first. */
  readonly handlers: Lease["handlers"];
  /** The participants who were in the meeting before this controller had it. */
  readonly expected: readonly string[];
  /** Participants who were removed. */
  readonly departed: readonly string[];
  /** How many microphones everybody hears at most. */
  readonly audibleLimit: number;
}

export function newMediaState({ handlers, expected, departed, audibleLimit }: MediaInit): MediaState {
  return {
    scene: newScene(),
    actual: nothingThere(),
    handlers: new Map(handlers.map(({ id, region = null }) => [id, newStanding(region)])),
    isAdopting: expected.length > 0,
    search: "open",
    fullRouters: new Set(),
    unplaced: new Set(),
    receivers: new Map(),
    attending: new Map(),
    present: new Set(expected),
    away: new Set(),
    rights: new Map(),
    epochs: new Map(),
    flowing: new Set(),
    replacing: new Set(),
    descriptions: new Map(),
    sentLayers: new Map(),
    hidden: [],
    demands: newDemands(),
    soundsDue: new Set(),
    audible: newAudible(audibleLimit),
    concerned: newConcern(),
    departed: new Set(departed),
    withheld: new Map(),
  };
}

export function nextEpoch({ epochs }: MediaState, participantId: string): number {
  const epoch = (epochs.get(participantId) ?? 0) + 1;
  epochs.set(participantId, epoch);
  return epoch;
}

/** Has a participant given transports of a higher epoch than the ones that they have. */
export function renewTransports(state: MediaState, attending: Attending): void {
  const { subscriber } = attending;
  subscriber.epoch = nextEpoch(state, subscriber.participantId);
  subscriber.keeps = false;
  subscriber.ready = new Set();
  subscriber.undescribed.clear();
  attending.isAttached = false;
  state.concerned.participants.add(subscriber.participantId);
}

/** Marks all participants with media as concerned. */
export function concernAll({ attending, concerned }: MediaState): void {
  for (const participantId of attending.keys()) concerned.participants.add(participantId);
}

/** Marks all participants as concerned who wait for a router. */
export function concernUnplaced({ unplaced, concerned }: MediaState): void {
  for (const participantId of unplaced) concerned.participants.add(participantId);
}

/** Marks the consumers of one producer as concerned that a client was told of. */
export function concernTold({ attending, concerned }: MediaState, producerId: string): void {
  for (const [participantId, { view }] of attending) {
    if (!view.consumers.has(producerId)) continue;
    view.due.add(producerId);
    concernStreams(concerned, participantId, [producerId]);
  }
}
