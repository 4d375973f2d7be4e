import type { z } from "zod";
import { type ActorContext, fail, type Failure, type Later, later, protocol } from "../../../actor/mod.ts";
import type { RedisLocation } from "../live_store_location.ts";
import { Counters } from "../ports/counters.ts";
import { Leases } from "../ports/leases.ts";
import {
  type ControllerEntry,
  controllerEntry,
  type HandlerEntry,
  handlerEntry,
  Registrations,
} from "../ports/registrations.ts";
import { Revocations } from "../ports/revocations.ts";
import { Snapshots } from "../ports/snapshots.ts";
import { addCells, takeCell } from "./counters.ts";
import { end } from "./ends.ts";
import { keysOf } from "./keys.ts";
import {
  acquire,
  assign,
  epoch,
  leaseOf,
  placed,
  placedOn,
  release,
  updateFacts,
  updateHandlers,
  writeBack,
} from "./leases.ts";
import { parseRedisUrl } from "./parse_redis_url.ts";
import type { RedisAccess } from "./redis_access.ts";
import { beat, drain, entries, register, unregister } from "./registrations.ts";
import { isRevoked, revoke } from "./revocations.ts";
import { loadSnapshot, saveSnapshot } from "./snapshots.ts";
import { StoreAway } from "./store_away.ts";
import { StoreClock } from "./store_clock.ts";
import { forget, hold, unused } from "./unused.ts";

const LiveStorePorts = protocol({
  ...Registrations,
  ...Leases,
  ...Snapshots,
  ...Revocations,
  ...Counters,
});

type In<N extends keyof typeof LiveStorePorts> = z.output<typeof LiveStorePorts[N]["input"]>;

const SETTLING_MS = 15_000;
/** The first messages wait this long for the first connection. */
const FIRST_CONNECTION_MS = 2_000;

/**
 * The live store in Redis, behind all five ports, over one connection. Each request is one script, which Redis runs as
 * one step. No message waits for the answer of another one; while Redis is away each is answered `unavailable` at once.
 */
export class RedisLiveStoreActor {
  static readonly protocol = LiveStorePorts;
  readonly #init: RedisLocation;
  readonly #context: ActorContext<typeof LiveStorePorts>;
  #access: RedisAccess | undefined;

  constructor(init: RedisLocation, context: ActorContext<typeof LiveStorePorts>) {
    this.#init = init;
    this.#context = context;
  }

  async onStart(): Promise<void> {
    const { url, settlingMs = SETTLING_MS } = this.#init;
    const address = parseRedisUrl(url);
    if (address === undefined) throw new TypeError("The live store's URL was not checked");
    // Loaded at its use: it takes as long to load as all else.
    const { connectRedis } = await import("./connect_redis.ts");
    const redis = connectRedis(address);
    this.#context.cleanup(() => redis[Symbol.asyncDispose]());
    this.#access = { redis, keys: keysOf(address.prefix), clock: new StoreClock(), settlingMs };
    await inTime(redis.connected, FIRST_CONNECTION_MS);
    // Notes Redis' clock before the first time is stored.
    await epoch(this.#access).catch(unlessAway);
  }

  registerController(entry: ControllerEntry) {
    return this.#work((access) => register(access, "controller", entry));
  }

  registerHandler(entry: HandlerEntry) {
    return this.#work((access) => register(access, "handler", entry));
  }

  heartbeat(body: In<"heartbeat">) {
    return this.#work((access) => beat(access, body));
  }

  drain(body: In<"drain">) {
    return this.#work((access) => drain(access, body));
  }

  unregister(body: In<"unregister">) {
    return this.#work((access) => unregister(access, body));
  }

  controllers() {
    return this.#work((access) => entries(access, "controller", controllerEntry));
  }

  handlers() {
    return this.#work((access) => entries(access, "handler", handlerEntry));
  }

  lease({ meeting_id }: In<"lease">) {
    return this.#work((access) => leaseOf(access, meeting_id));
  }

  placed({ meeting_ids }: In<"placed">) {
    return this.#work((access) => placed(access, meeting_ids));
  }

  hold(body: In<"hold">) {
    return this.#work((access) => hold(access, body));
  }

  unused(body: In<"unused">) {
    return this.#work((access) => unused(access, body));
  }

  forget(body: In<"forget">) {
    return this.#work((access) => forget(access, body));
  }

  placedOn(place: In<"placedOn">) {
    return this.#work((access) => placedOn(access, place));
  }

  assign(body: In<"assign">) {
    return this.#work((access) => assign(access, body));
  }

  acquire(body: In<"acquire">) {
    return this.#work((access) => acquire(access, body));
  }

  end(body: In<"end">) {
    return this.#work((access) => end(access, body));
  }

  updateFacts({ meeting_id, facts }: In<"updateFacts">) {
    return this.#work((access) => updateFacts(access, meeting_id, facts));
  }

  updateHandlers(body: In<"updateHandlers">) {
    return this.#work((access) => updateHandlers(access, body));
  }

  release({ meeting_id, generation }: In<"release">) {
    return this.#work((access) => release(access, meeting_id, generation));
  }

  epoch() {
    return this.#work(epoch);
  }

  writeBack(body: In<"writeBack">) {
    return this.#work((access) => writeBack(access, body));
  }

  saveSnapshot(body: In<"saveSnapshot">) {
    return this.#work((access) => saveSnapshot(access, body));
  }

  loadSnapshot({ meeting_id }: In<"loadSnapshot">) {
    return this.#work((access) => loadSnapshot(access, meeting_id));
  }

  revoke(body: In<"revoke">) {
    return this.#work((access) => revoke(access, body));
  }

  revoked(body: In<"revoked">) {
    return this.#work((access) => isRevoked(access, body));
  }

  takeCell(body: In<"takeCell">) {
    return this.#work((access) => takeCell(access, body));
  }

  addCells(body: In<"addCells">) {
    return this.#work((access) => addCells(access, body));
  }

  #work<T>(work: (access: RedisAccess) => Promise<T>): Later<T | Failure<"unavailable">> {
    if (this.#access === undefined) throw new Error("A message came before onStart had ended");
    return later(work(this.#access).catch(unlessAway));
  }
}

function unlessAway(error: unknown): Failure<"unavailable"> {
  if (error instanceof StoreAway) return fail("unavailable", error.message);
  throw error;
}

/** Resolves when `work` has ended, in whichever way, or after `milliseconds`. */
async function inTime(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  try {
    await Promise.race([work, late.promise]).catch(() => {});
  } finally {
    clearTimeout(timer);
  }
}
