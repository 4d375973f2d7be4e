import type { Scope } from "../../actor/mod.ts";
import type { LiveStore } from "./live_store.ts";
import { LiveStoreActor } from "./sqlite/live_store_actor.ts";
import { liveStoreHome } from "./sqlite/live_store_home.ts";

/** Starts the live store of the SQLite file `path`, whose folder must exist: one actor behind all five ports. */
export function startLiveStore(scope: Pick<Scope, "spawn">, path: string): LiveStore {
  const store = scope.spawn(LiveStoreActor, { path }, {
    name: "live store",
    home: liveStoreHome(path),
    capacity: 10_000,
  });
  return { registrations: store, leases: store, snapshots: store, revocations: store, counters: store };
}
