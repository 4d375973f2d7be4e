import { fail, type Failure } from "../../shared/actor/mod.ts";
import type { HandlerEntry, Lease } from "../../shared/store/live/mod.ts";
import { addHandler } from "./add_handler.ts";
import { chooseShard, type Shard } from "./choose_controller.ts";
import { chooseHandlers } from "./choose_handlers.ts";
import { distanceFrom, FARTHEST, type Locality } from "./locality.ts";
import { RecentPlacements } from "./recent_placements.ts";
import type { ShardKey } from "./registry_protocol.ts";
import { reserveHandlers } from "./reserve_handlers.ts";
import type { Present, View } from "./roster.ts";
import type { Choice } from "./two_choices.ts";

export interface ChooserOptions {
  /** Where this GC is. */
  readonly locality: Locality;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** Where a meeting is to run, and the handlers that are to carry it. */
export interface Chosen {
  readonly shard: Shard;
  readonly handlers: readonly HandlerEntry[];
}

/**
 * Chooses for meetings among the processes that GC knows of. A choice is counted at once, so that those who choose at the
 * same moment know of it. Part of the registry actor.
 */
export class Chooser {
  readonly #random: () => number;
  readonly #distanceOf: (there: Locality) => number;
  readonly #recent = new RecentPlacements();

  constructor({ locality, random }: ChooserOptions) {
    this.#random = random;
    this.#distanceOf = distanceFrom(locality);
  }

  /** A shard other than those in `not`, and handlers: those that the meeting's lease names, where they are ready. */
  choose(
    meetingId: string,
    lease: Lease | null,
    view: View,
    not: readonly ShardKey[],
  ): Chosen | Failure<"no_controller" | "no_handler"> {
    const shard = chooseShard(view.controllers.heard, meetingId, {
      rankOf: this.#rankAmong(view.controllers),
      loadOf: (controller) => this.#recent.loadOfController(controller),
      random: this.#random,
    }, not);
    if (shard === undefined) return fail("no_controller", "No meeting controller is ready");
    const choice = this.#handlerChoice(view);
    const chosen = chooseHandlers(view.handlers.heard, choice, lease?.handlers);
    const [first] = chosen;
    // Where no handler is ready, a meeting still goes on over those that it has, though they drain.
    const isKept = view.handlers.present.some(({ id }) => lease?.handlers.some((one) => one.id === id));
    if (first === undefined && !isKept) return fail("no_handler", "No media handler is ready");
    this.#recent.noteController(shard.controller);
    if (first !== undefined) this.#recent.noteHandler(first);
    return { shard, handlers: reserveHandlers(chosen, view.handlers, choice, lease?.handlers) };
  }

  /** Another handler for a running meeting. After a handler's death all of its meetings ask at the same moment. */
  another(before: Lease["handlers"], view: View): ReturnType<typeof addHandler> {
    const another = addHandler(before, view.handlers, this.#handlerChoice(view));
    if (another !== undefined) this.#recent.noteHandler(another.added);
    return another;
  }

  #handlerChoice({ handlers }: View): Choice<HandlerEntry> {
    return {
      rankOf: this.#rankAmong(handlers),
      loadOf: (handler) => this.#recent.loadOfHandler(handler),
      random: this.#random,
    };
  }

  /** The nearest first, and all whose heartbeats are late after the farthest. */
  #rankAmong<T extends Locality>({ late }: Present<T>): (candidate: T) => number {
    const degraded = new Set(late);
    return (candidate) => this.#distanceOf(candidate) + (degraded.has(candidate) ? FARTHEST + 1 : 0);
  }
}
