import type { MediaReport } from "../../../shared/protocol/media/control.ts";
import type { MediaStepName, StepDone, StepOf, StepRefusal } from "../../../shared/protocol/media/steps.ts";
import type { RouterPlace } from "../../workers/worker_messages.ts";
import type { RouterMedia } from "../router_media.ts";
import type { Published, TransportPair } from "../transport_pair.ts";

/** Where steps are taken: one router, what is in it, and what its actor does beside. */
export interface StepSite {
  readonly place: RouterPlace;
  readonly media: RouterMedia;
  /** Most producers of one participant. */
  readonly maxProducers: number;
  /** Most consumers of one participant. */
  readonly maxConsumers: number;
  /** How many transports the handler takes yet. */
  room: number;
  /** Has the actor hear of what happens to these transports. */
  watch(participantId: string, pair: TransportPair): void;
  /** Has the pair that a participant's new one replaces closed after a while; answers what cancels that. */
  dropPreviousLater(participantId: string): () => void;
  /** Listens to who speaks. */
  listen(published: Published): void;
  report(report: MediaReport): void;
  /** Counts a consumer that could not be opened. */
  consumeFailed(producerId: string, reason: string): void;
  readonly routerId: string;
}

/** Steps that a router takes; the routing table takes the others. */
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

/** The handlers of a family of steps. None throws. */
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

/** What mediasoup refuses is one answer; what fails because the worker is gone is another. */
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
