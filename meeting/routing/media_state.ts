import { type Audible, newAudible } from "../layout/audible.ts";
import { type Actual, nothingThere } from "./actual.ts";
import type { ClientView, ConsumerDescription } from "./client_view.ts";
import type { ReceiversByRouter } from "./pipes.ts";
import type { HeldRights } from "./rights.ts";
import { type Demands, newDemands } from "./demand.ts";
import { newScene, type Scene, type Subscriber } from "./scene.ts";

/** A participant with media, and the view that their client was told. */
export interface Attending {
  readonly subscriber: Subscriber;
  readonly view: ClientView;
  /** The handler has opened the transports of the subscriber's epoch. */
  isAttached: boolean;
}

/** One meeting's media as its controller knows it: the scene, actual, and each client's view. */
export interface MediaState {
  readonly scene: Scene;
  actual: Actual;
  /** Routers that take nobody new. They are asked again after the next inventory. */
  readonly fullRouters: Set<string>;
  /** The handler gives the meeting no other router. It is asked again after the next inventory. */
  isHandlerFull: boolean;
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
  /** By consumer id. */
  readonly descriptions: Map<string, ConsumerDescription>;
  /** Consumers of clients that keep their media, from another controller's run: their descriptions are asked for. */
  readonly undescribed: Set<string>;
  /** Whose hidden consumers are kept until when, in this order. */
  readonly hidden: { readonly participantId: string; readonly untilMs: number }[];
  readonly demands: Demands;
  /** Participants whose sound may have come, gone or been paused. */
  readonly soundsDue: Set<string>;
  /** Whose microphones everybody hears. */
  readonly audible: Audible;
  /** A handler's inventory was taken in before. */
  isOpened: boolean;
  /** The participants and producers for which wanted and actual may differ; and whether pipes may. */
  readonly concerned: {
    readonly participants: Set<string>;
    readonly producers: Set<string>;
    arePipes: boolean;
  };
}

/** `audibleLimit`: how many microphones everybody hears at most. */
export function newMediaState(present: readonly string[], audibleLimit: number): MediaState {
  return {
    scene: newScene(),
    actual: nothingThere(),
    fullRouters: new Set(),
    isHandlerFull: false,
    receivers: new Map(),
    attending: new Map(),
    present: new Set(present),
    away: new Set(),
    rights: new Map(),
    epochs: new Map(),
    descriptions: new Map(),
    undescribed: new Set(),
    hidden: [],
    demands: newDemands(),
    soundsDue: new Set(),
    audible: newAudible(audibleLimit),
    isOpened: false,
    concerned: { participants: new Set(), producers: new Set(), arePipes: false },
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
  attending.isAttached = false;
  state.concerned.participants.add(subscriber.participantId);
}

/** Marks all participants with media as concerned. */
export function concernAll({ attending, concerned }: MediaState): void {
  for (const participantId of attending.keys()) concerned.participants.add(participantId);
}

/** The first router that is not full. Where no other one may be had, the first, which says itself that it is full. */
export function newcomersRouterId(
  { actual: { routers }, fullRouters, isHandlerFull }: MediaState,
): string | null {
  const [first = null] = routers;
  return routers.values().find((id) => !fullRouters.has(id)) ?? (isHandlerFull ? first : null);
}
