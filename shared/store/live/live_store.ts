import type { ActorContext, ActorRef, Protocol } from "../../actor/mod.ts";
import { Counters } from "./ports/counters.ts";
import { Leases } from "./ports/leases.ts";
import { Registrations } from "./ports/registrations.ts";
import { Revocations } from "./ports/revocations.ts";
import { Snapshots } from "./ports/snapshots.ts";

/** The live, shared state of a deployment, by its five ports. One actor or several may serve them. */
export interface LiveStore {
  readonly registrations: ActorRef<typeof Registrations>;
  readonly leases: ActorRef<typeof Leases>;
  readonly snapshots: ActorRef<typeof Snapshots>;
  readonly revocations: ActorRef<typeof Revocations>;
  readonly counters: ActorRef<typeof Counters>;
}

/** The live store as a Worker's `exports`. The Worker's actor gets it by `importLiveStore`. */
export function exportLiveStore(live: LiveStore): Readonly<Record<string, ActorRef<Protocol>>> {
  return Object.fromEntries(Object.entries(live).map(([port, ref]) => [exported(port), ref]));
}

/** @throws {Error} if the Worker wasn't given the live store */
export function importLiveStore(context: Pick<ActorContext<Protocol>, "imported">): LiveStore {
  return {
    registrations: context.imported(exported("registrations"), Registrations),
    leases: context.imported(exported("leases"), Leases),
    snapshots: context.imported(exported("snapshots"), Snapshots),
    revocations: context.imported(exported("revocations"), Revocations),
    counters: context.imported(exported("counters"), Counters),
  };
}

function exported(port: string): string {
  return `live ${port}`;
}
