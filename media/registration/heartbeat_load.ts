import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";

/** This handler's load for a heartbeat, or `undefined` when the telemetry doesn't answer. */
export async function heartbeatLoad(telemetry: ActorRef<typeof Telemetry>) {
  const read = await telemetry.ask("read", undefined);
  if (!read.ok) return undefined;
  const { transports, producers, consumers } = read.value.load;
  return {
    transports,
    producers: producers.audio + producers.video,
    consumers: consumers.audio + consumers.video,
  };
}
