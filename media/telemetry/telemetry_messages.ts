import { z } from "zod";
import { ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import type { LiveObjects } from "./live_objects.ts";
import type { Load, WorkerState } from "./load.ts";
import type { Observation } from "./observe.ts";
import type { Traffic } from "./traffic.ts";

/** The owner of the live mediasoup objects. */
export const LiveSource = protocol({
  /** Every live mediasoup object by router, for statistics only. It can't be told while a router doesn't answer. */
  liveObjects: ask(nothing, local<readonly LiveObjects[]>(), ["unavailable"]),
  /** What a round has shown, by router. */
  observed: tell(local<readonly Observation[]>()),
});

export const Telemetry = protocol({
  /** From the routing table: the present load, and the SFU workers that run. */
  counted: tell(local<{ readonly load: Load; readonly workers: readonly WorkerState[] }>()),
  /** SFU worker processes that died since the last such message. */
  workersDied: tell(z.object({ count: z.int() })),
  /** Consumers that could not be opened. */
  consumeFailures: tell(z.object({ count: z.int() })),
  /** Reports that did not reach a link. The next inventory tells the controller the same. */
  reportsDropped: tell(z.object({ count: z.int() })),
  read: ask(
    nothing,
    local<{ readonly load: Load; readonly workers: readonly WorkerState[]; readonly traffic: Traffic }>(),
  ),
});
