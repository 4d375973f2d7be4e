import { z } from "zod";
import { type ActorRef, ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import type { Traffic } from "./gather_traffic.ts";
import type { LiveObjects } from "./live_objects.ts";
import type { Load } from "./load.ts";

/** Whoever knows the live mediasoup objects. */
export const LiveSource = protocol({
  /** Every live mediasoup object, by router, for statistics alone. */
  liveObjects: ask(nothing, local<readonly LiveObjects[]>()),
});

export const Telemetry = protocol({
  /** From the routing table: how much there is now, of everything. */
  load: tell(local<Load>()),
  workers: tell(z.object({ running: z.int() })),
  workerDied: tell(z.object({ index: z.int() })),
  /** Consumers that could not be opened. */
  consumeFailures: tell(z.object({ count: z.int() })),
  /** Reports that a link had no room for; the next inventory makes up for them. */
  reportsDropped: tell(z.object({ count: z.int() })),
  /** Where the live objects are found whose traffic is to be counted. */
  watch: tell(local<{ readonly source: ActorRef<typeof LiveSource> }>()),
  read: ask(nothing, local<{ readonly load: Load; readonly workers: number; readonly traffic: Traffic }>()),
});
