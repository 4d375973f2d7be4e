import { dirname } from "node:path";
import type { ActorContext, Protocol, Scope } from "../../actor/mod.ts";
import type { LiveStore } from "./live_store.ts";
import type { LiveStoreLocation } from "./live_store_location.ts";
import { RedisLiveStoreActor } from "./redis/redis_live_store_actor.ts";
import { LiveStoreActor } from "./sqlite/live_store_actor.ts";
import { liveStoreHome } from "./sqlite/live_store_home.ts";
import { openLiveStore } from "./sqlite/open_live_store.ts";
import { DirectStoreActor } from "./sqlite/direct_store_actor.ts";

/** Every request of a process goes through it. */
const MAILBOX = 10_000;

/**
 * Checks that the live store can be used, and makes or migrates a file. A service does this before it starts the actors:
 * what is wrong is then a line for the operator. In an actor it would be a crash.
 *
 * @throws {StartError} if the file can't be opened, is damaged or was written by a newer program; if Redis can't be used
 */
export async function checkLiveStore(location: LiveStoreLocation): Promise<void> {
  if (location.kind === "sqlite") {
    await using _opened = await openLiveStore(location.path);
    return;
  }
  // Loaded at its use, as in the actor.
  const { checkRedis } = await import("./redis/check_redis.ts");
  await checkRedis(location.url);
}

/** Starts the live store. */
export function startLiveStore(scope: Pick<Scope, "spawn">, location: LiveStoreLocation): LiveStore {
  const options = { name: "live store", capacity: MAILBOX };
  if (location.kind === "redis") {
    const store = scope.spawn(RedisLiveStoreActor, location, options);
    return { registrations: store, leases: store, snapshots: store, revocations: store, counters: store };
  }
  const { path } = location;
  const store = scope.spawn(LiveStoreActor, { path }, { ...options, home: liveStoreHome(path) });
  return { registrations: store, leases: store, counters: store, ...openDirectly(scope, location) };
}

/**
 * Opens the ports that each handshake, join and change waits for in the isolate of `context`. Some actor of the process
 * runs `startLiveStore`.
 */
export function openDirectly(
  context: Pick<ActorContext<Protocol>, "spawn">,
  location: LiveStoreLocation,
): Pick<LiveStore, "snapshots" | "revocations"> {
  const options = { name: "direct store", capacity: MAILBOX };
  const store = location.kind === "redis"
    ? context.spawn(RedisLiveStoreActor, location, options)
    : context.spawn(DirectStoreActor, { path: location.path }, options);
  return { snapshots: store, revocations: store };
}

/** The folder that an isolate needs to read and write for `openDirectly`; none for Redis, which needs the network. */
export function foldersOf(location: LiveStoreLocation): string[] {
  return location.kind === "redis" ? [] : [dirname(location.path)];
}
