import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Telemetry } from "./telemetry_messages.ts";

/** The telemetry's messages that add to a total. */
type TotalName = "workersDied" | "consumeFailures" | "reportsDropped";

/** Adds an amount to a total, and answers whether the telemetry has taken all amounts so far. */
export type Count = (amount: number) => boolean;

/** Adds to one of the telemetry's totals. An amount that finds no room goes with the next one, which may be 0. */
export function countFor(telemetry: ActorRef<typeof Telemetry>, name: TotalName): Count {
  let count = 0;
  return (amount) => {
    count += amount;
    if (count > 0 && telemetry.tell(name, { count }) === "accepted") count = 0;
    return count === 0;
  };
}
