import type { ActorContext, ActorRef, Protocol, Scope } from "../../actor/mod.ts";
import type { LiveStore } from "./live_store.ts";
import type { Snapshots } from "./ports/snapshots.ts";
import { LiveStoreActor } from "./sqlite/live_store_actor.ts";
import { liveStoreHome } from "./sqlite/live_store_home.ts";
import { SnapshotStoreActor } from "./sqlite/snapshot_store_actor.ts";

/** Starts the live store of the SQLite file `path`, whose folder must exist. */
export function startLiveStore(scope: Pick<Scope, "spawn">, path: string): LiveStore {
  const store = scope.spawn(LiveStoreActor, { path }, {
    name: "live store",
    home: liveStoreHome(path),
    capacity: 10_000,
  });
  const snapshots = openSnapshots(scope, path);
  return { registrations: store, leases: store, snapshots, revocations: store, counters: store };
}

/** Opens the live store's snapshots in the isolate of `context`. Some actor of the process runs `startLiveStore`. */
export function openSnapshots(
  context: Pick<ActorContext<Protocol>, "spawn">,
  path: string,
): ActorRef<typeof Snapshots> {
  return context.spawn(SnapshotStoreActor, { path }, { name: "snapshots", capacity: 10_000 });
}
