import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Registration } from "../../shared/service/mod.ts";
import type { RoutingTableProtocol } from "../routing/routing_messages.ts";

interface Parts {
  readonly table: ActorRef<RoutingTableProtocol>;
  readonly registration: ActorRef<typeof Registration>;
  readonly stopping: AbortSignal;
}

/** The reason for which this handler can't take meetings at the moment, or `undefined` when it can. */
export async function notReady({ table, registration, stopping }: Parts): Promise<string | undefined> {
  if (stopping.aborted) return "draining";
  const status = await table.ask("status", undefined, { timeoutMs: 1_000 });
  if (!status.ok) return `the routing table does not answer: ${status.error.code}`;
  if (status.value.workers === 0) return "no SFU worker is running";
  const obstacle = await registration.ask("obstacle", undefined, { timeoutMs: 1_000 });
  if (!obstacle.ok) return `the registration does not answer: ${obstacle.error.code}`;
  return obstacle.value ?? undefined;
}
