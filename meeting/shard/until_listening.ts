import { setTimeout as delay } from "node:timers/promises";
import type { ActorRef } from "../../shared/actor/mod.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

/** A shard that takes longer to start is not waited for where another one listens. Its supervisor goes on trying. */
const START_MS = 10_000;
const PAUSE_MS = 100;

/**
 * Resolves once all shards listen, or after `startMs` once any does: nobody is to be sent where nobody listens. A shard
 * answers once it listens. Gives up at a stop.
 */
export async function untilListening(
  shards: readonly ActorRef<typeof MeetingController>[],
  stopping: AbortSignal,
  startMs = START_MS,
): Promise<void> {
  while (!stopping.aborted) {
    const counts = shards.map((shard) => shard.ask("count", undefined, { timeoutMs: startMs }));
    if ((await Promise.all(counts)).some(({ ok }) => ok)) return;
    await delay(PAUSE_MS, undefined, { signal: stopping }).catch(() => {});
  }
}
