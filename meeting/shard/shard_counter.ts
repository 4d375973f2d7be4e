import type { ActorRef } from "../../shared/actor/mod.ts";
import { type LoadCount, LoadCounts, noLoad } from "./load_counts.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

const countTimeoutMs = 1_000;

/** Makes the function that counts what all shards have. */
export function shardCounter(
  shards: readonly ActorRef<typeof MeetingController>[],
): () => Promise<LoadCount> {
  const counts = new LoadCounts<ActorRef<typeof MeetingController>>(noLoad);
  return () => counts.sum(shards, (shard) => shard.ask("count", undefined, { timeoutMs: countTimeoutMs }));
}
