import { RecentMap } from "../../shared/recent_map.ts";
import type { ControllerEntry, HandlerEntry } from "../../shared/store/live/mod.ts";

/** What a meeting is assumed to need of a handler until the handler reports: a sending and a receiving transport for four. */
const TRANSPORTS_A_MEETING = 8;

const MOST_PROCESSES = 10_000;

interface Given {
  readonly heartbeat_ms: number;
  readonly meetings: number;
}

/** The meetings that this GC gave to controllers and handlers since their last heartbeats, which don't count them yet. */
export class RecentPlacements {
  readonly #toControllers = new RecentMap<string, Given>(MOST_PROCESSES);
  readonly #toHandlers = new RecentMap<string, Given>(MOST_PROCESSES);

  /** How full a controller is with what it was given since its last heartbeat. */
  loadOfController(controller: ControllerEntry): number {
    const share = countOf(this.#toControllers, controller) / Math.max(1, controller.capacity.meetings);
    return controller.load + share;
  }

  loadOfHandler(handler: HandlerEntry): number {
    const transports = countOf(this.#toHandlers, handler) * TRANSPORTS_A_MEETING;
    return handler.load + transports / Math.max(1, handler.capacity.transports);
  }

  noteController(controller: ControllerEntry): void {
    add(this.#toControllers, controller);
  }

  /** A meeting needs the first of its handlers, and of those behind it one that it has asked for. */
  noteHandler(handler: HandlerEntry): void {
    add(this.#toHandlers, handler);
  }
}

type Process = ControllerEntry | HandlerEntry;

function countOf(given: RecentMap<string, Given>, { id, heartbeat_ms }: Process): number {
  const since = given.get(id);
  return since?.heartbeat_ms === heartbeat_ms ? since.meetings : 0;
}

function add(given: RecentMap<string, Given>, process: Process): void {
  const { id, heartbeat_ms } = process;
  given.set(id, { heartbeat_ms, meetings: countOf(given, process) + 1 });
}
