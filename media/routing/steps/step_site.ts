import type { MediaReport } from "../../../shared/protocol/media/control.ts";
import type { MediaStepName, StepDone, StepOf, StepRefusal } from "../../../shared/protocol/media/steps.ts";
import type { RouterPlace } from "../../workers/worker_messages.ts";
import type { PipeAddress } from "../pipe.ts";
import type { RouterMedia } from "../router_media.ts";
import type { Published, Subscribed, TransportPair } from "../transport_pair.ts";

/** The router on which steps are taken, its media, and the services of its actor. */
export interface StepSite {
  readonly place: RouterPlace;
  readonly media: RouterMedia;
  readonly pipeAddress: PipeAddress;
  /** Most transports in the router. */
  readonly maxTransports: number;
  /** Most producers of one participant. */
  readonly maxProducers: number;
  /** Most consumers of one participant. */
  readonly maxConsumers: number;
  /** How many more transports the handler takes. */
  room: number;
  /** Whether the SFU worker is so busy that it takes nobody new. */
  isFull: boolean;
  /** Sends the events of these transports to the actor. */
  watch(participantId: string, pair: TransportPair): void;
  /** Closes a replaced pair of a participant after a while. */
  dropLater(participantId: string, pair: TransportPair): void;
  /** Includes a microphone in the detection of the active speaker. */
  listen(published: Published): void;
  /** Has the actor told when a producer's first packets come. */
  awaitPackets(published: Published): void;
  /** Reports the layers that a consumer is sent. */
  watchLayers(participantId: string, subscribed: Subscribed): void;
  report(report: MediaReport): void;
  /** Counts a consumer that could not be opened. */
  consumeFailed(producerId: string, reason: string): void;
  readonly routerId: string;
}

/** The steps that a router takes. The routing table takes the others. */
export type RouterStepName = Exclude<MediaStepName, "router.open">;
export type RouterStep = StepOf<RouterStepName>;

export interface Refused {
  readonly ok: false;
  readonly code: StepRefusal;
  readonly message: string;
}

type StepHandler<N extends RouterStepName> = (
  site: StepSite,
  step: StepOf<N>,
) => StepDone<N> | Refused | Promise<StepDone<N> | Refused>;

/** The handlers of a family of steps. They never throw. */
export type StepHandlers<F extends RouterStepName = RouterStepName> = { readonly [N in F]: StepHandler<N> };

export function refuse(code: StepRefusal, message: string): Refused {
  return { ok: false, code, message };
}

export function notHere(what: string): Refused {
  return refuse("not_found", `There is no such ${what} here`);
}

export function routerGone(): Refused {
  return refuse("unavailable", "The SFU worker of this router is gone");
}

/** Runs a request to mediasoup. Answers `rejected` when it fails, and `unavailable` when its SFU worker is gone. */
export async function attempt<T>(
  { place }: StepSite,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | Refused> {
  try {
    return { value: await work() };
  } catch (error) {
    if (place.router.closed) return routerGone();
    const reason = error instanceof Error ? error.message : String(error);
    return refuse("rejected", `mediasoup refuses: ${reason.slice(0, 160)}`);
  }
}
