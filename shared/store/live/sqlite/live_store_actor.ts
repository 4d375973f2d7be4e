import type { Kysely } from "kysely";
import type { z } from "zod";
import { type ActorContext, type Failure, protocol } from "../../../actor/mod.ts";
import { Counters } from "../ports/counters.ts";
import { type EndedAt, type Lease, Leases } from "../ports/leases.ts";
import {
  type ControllerEntry,
  controllerEntry,
  type HandlerEntry,
  handlerEntry,
  Registrations,
} from "../ports/registrations.ts";
import { Revocations } from "../ports/revocations.ts";
import { end } from "./ends.ts";
import { acquire, assign, leaseOf, placed, release, updateFacts } from "./leases.ts";
import { checkpoint } from "./checkpoint.ts";
import { openLiveStore } from "./open_live_store.ts";
import { beat, drain, entries, register, unregister } from "./registrations.ts";
import { isRevoked, revoke } from "./revocations.ts";
import { type StoredCounters, storedCounters } from "../../stored_counters.ts";
import type { LiveTables } from "./tables.ts";
import { writeBack } from "./write_back.ts";

const LiveStorePorts = protocol({
  ...Registrations,
  ...Leases,
  ...Revocations,
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
 * The live store in one SQLite file, behind all ports but the snapshots'. Every change is one statement or one transaction, so that
 * actors in several processes can share the file: of two conflicting changes the second is refused.
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

  registerController(entry: ControllerEntry): Promise<void | Failure<"owned_by_another">> {
    return register(this.#db, "controller", entry);
  }

  registerHandler(entry: HandlerEntry): Promise<void | Failure<"owned_by_another">> {
    return register(this.#db, "handler", entry);
  }

  heartbeat(body: In<"heartbeat">): Promise<{ state: "ready" | "draining" } | Failure<"unknown">> {
    return beat(this.#db, body);
  }

  drain(body: In<"drain">): Promise<void | Failure<"unknown">> {
    return drain(this.#db, body);
  }

  unregister(body: In<"unregister">): Promise<void | Failure<"unknown">> {
    return unregister(this.#db, body);
  }

  controllers(): Promise<ControllerEntry[]> {
    return entries(this.#db, "controller", controllerEntry);
  }

  handlers(): Promise<HandlerEntry[]> {
    return entries(this.#db, "handler", handlerEntry);
  }

  lease({ meeting_id }: In<"lease">): Promise<Lease | null> {
    return leaseOf(this.#db, meeting_id);
  }

  placed({ meeting_ids }: In<"placed">) {
    return placed(this.#db, meeting_ids);
  }

  assign(body: In<"assign">): Promise<Lease | Failure<"changed" | "ended">> {
    return assign(this.#db, body);
  }

  acquire(body: In<"acquire">): Promise<Lease | Failure<"not_here">> {
    return acquire(this.#db, body);
  }

  end(body: In<"end">): Promise<EndedAt | null> {
    return end(this.#db, body);
  }

  updateFacts({ meeting_id, facts }: In<"updateFacts">): Promise<void | Failure<"unknown">> {
    return updateFacts(this.#db, meeting_id, facts);
  }

  writeBack(body: In<"writeBack">): Promise<void | Failure<"fenced">> {
    return writeBack(this.#db, body);
  }

  /** A file isn't lost while a process has it open. */
  epoch() {
    return { epoch: "file" };
  }

  release({ meeting_id, generation }: In<"release">): Promise<void | Failure<"fenced">> {
    return release(this.#db, meeting_id, generation);
  }

  revoke(body: In<"revoke">): Promise<void> {
    return revoke(this.#db, body);
  }

  revoked({ meeting_id, sub, issued_ms }: In<"revoked">): Promise<boolean> {
    return isRevoked(this.#db, meeting_id, sub, issued_ms);
  }

  takeCell({ at_ms, ...cell }: In<"takeCell">): Promise<number> {
    return this.#store.counters.takeCell(cell, at_ms);
  }

  addCells({ cells, at_ms }: In<"addCells">): Promise<number[]> {
    return this.#store.counters.addCells(cells, at_ms);
  }

  get #db(): Kysely<LiveTables> {
    return this.#store.queries;
  }

  get #store(): Opened {
    if (this.#opened === undefined) throw new Error("A message came before onStart had ended");
    return this.#opened;
  }
}
