import type { Kysely } from "kysely";
import type { z } from "zod";
import { type ActorContext, type Failure, protocol } from "../../../actor/mod.ts";
import { Counters } from "../ports/counters.ts";
import { Leases } from "../ports/leases.ts";
import { UNAVAILABLE } from "../ports/live_id.ts";
import {
  type ControllerEntry,
  controllerEntry,
  type HandlerEntry,
  handlerEntry,
  Registrations,
} from "../ports/registrations.ts";
import { end } from "./ends.ts";
import {
  acquire,
  assign,
  leaseOf,
  placed,
  placedOn,
  release,
  updateFacts,
  updateHandlers,
} from "./leases.ts";
import { checkpoint } from "./checkpoint.ts";
import { openLiveStore } from "./open_live_store.ts";
import { beat, drain, entries, register, unregister } from "./registrations.ts";
import { type StoredCounters, storedCounters } from "../../stored_counters.ts";
import type { LiveTables } from "./tables.ts";
import { unlessUnavailable } from "./unless_unavailable.ts";
import { forget, hold, unused } from "./unused.ts";
import { writeBack } from "./write_back.ts";

const LiveStorePorts = protocol({
  ...Registrations,
  ...Leases,
  ...Counters,
});

type In<N extends keyof typeof LiveStorePorts> = z.output<typeof LiveStorePorts[N]["input"]>;

export interface LiveStoreInit {
  /** The SQLite file that the processes of a deployment share; its folder must exist. */
  readonly path: string;
  /** About how many counters are kept; 100,000 unless given. */
  readonly counters?: number;
}

interface Opened {
  readonly queries: Kysely<LiveTables>;
  readonly counters: StoredCounters;
}

const COUNTERS = 100_000;
/** Connections of other isolates leave the checkpoints to this actor. */
const checkpointMs = 1_000;

/**
 * The live store in one SQLite file, behind all ports but those of `DirectStoreActor`. Every change is one statement or one
 * transaction, so that actors in several processes can share the file: of two conflicting changes the second is refused.
 */
export class LiveStoreActor {
  static readonly protocol = LiveStorePorts;
  readonly #init: LiveStoreInit;
  readonly #context: ActorContext<typeof LiveStorePorts>;
  #opened: Opened | undefined;

  constructor(init: LiveStoreInit, context: ActorContext<typeof LiveStorePorts>) {
    this.#init = init;
    this.#context = context;
  }

  async onStart(): Promise<void> {
    const store = await openLiveStore(this.#init.path);
    this.#context.cleanup(async () => await store[Symbol.asyncDispose]());
    const { queries } = store;
    this.#context.every(checkpointMs, () => checkpoint(queries));
    this.#opened = { queries, counters: storedCounters(store, this.#init.counters ?? COUNTERS) };
  }

  registerController(entry: ControllerEntry) {
    return this.#work((db) => register(db, "controller", entry));
  }

  registerHandler(entry: HandlerEntry) {
    return this.#work((db) => register(db, "handler", entry));
  }

  heartbeat(body: In<"heartbeat">) {
    return this.#work((db) => beat(db, body));
  }

  drain(body: In<"drain">) {
    return this.#work((db) => drain(db, body));
  }

  unregister(body: In<"unregister">) {
    return this.#work((db) => unregister(db, body));
  }

  controllers() {
    return this.#work((db) => entries(db, "controller", controllerEntry));
  }

  handlers() {
    return this.#work((db) => entries(db, "handler", handlerEntry));
  }

  lease({ meeting_id }: In<"lease">) {
    return this.#work((db) => leaseOf(db, meeting_id));
  }

  placed({ meeting_ids }: In<"placed">) {
    return this.#work((db) => placed(db, meeting_ids));
  }

  hold(body: In<"hold">) {
    return this.#work((db) => hold(db, body));
  }

  unused(body: In<"unused">) {
    return this.#work((db) => unused(db, body));
  }

  forget(body: In<"forget">) {
    return this.#work((db) => forget(db, body));
  }

  placedOn(place: In<"placedOn">) {
    return this.#work((db) => placedOn(db, place));
  }

  assign(body: In<"assign">) {
    return this.#work((db) => assign(db, body));
  }

  acquire(body: In<"acquire">) {
    return this.#work((db) => acquire(db, body));
  }

  end(body: In<"end">) {
    return this.#work((db) => end(db, body));
  }

  updateFacts({ meeting_id, facts }: In<"updateFacts">) {
    return this.#work((db) => updateFacts(db, meeting_id, facts));
  }

  updateHandlers(body: In<"updateHandlers">) {
    return this.#work((db) => updateHandlers(db, body));
  }

  writeBack(body: In<"writeBack">) {
    return this.#work((db) => writeBack(db, body));
  }

  /** A file isn't lost while a process has it open. */
  epoch() {
    return { epoch: "file" };
  }

  release({ meeting_id, generation }: In<"release">) {
    return this.#work((db) => release(db, meeting_id, generation));
  }

  takeCell({ at_ms, ...cell }: In<"takeCell">) {
    return this.#work((_db, counters) => counters.takeCell(cell, at_ms));
  }

  addCells({ cells, at_ms }: In<"addCells">) {
    return this.#work((_db, counters) => counters.addCells(cells, at_ms));
  }

  /** The result of a request; a failure where the file can't be read or written at the moment. */
  async #work<T>(
    work: (db: Kysely<LiveTables>, counters: StoredCounters) => Promise<T>,
  ): Promise<T | Failure<typeof UNAVAILABLE>> {
    if (this.#opened === undefined) throw new Error("A message came before onStart had ended");
    try {
      return await work(this.#opened.queries, this.#opened.counters);
    } catch (error) {
      return unlessUnavailable(error);
    }
  }
}
