import type { ActorRef } from "../../shared/actor/mod.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

/** How many meetings and participants all shards have. A shard that doesn't answer in time counts as empty. */
export async function countShards(shards: readonly ActorRef<typeof MeetingController>[]) {
  const sum = { meetings: 0, joined: 0, waiting: 0, away: 0, unstored: 0 };
  const counts = shards.map((shard) => shard.ask("count", undefined, { timeoutMs: 1_000 }));
  for (const count of await Promise.all(counts)) {
    if (!count.ok) continue;
    sum.meetings += count.value.meetings;
    sum.joined += count.value.joined;
    sum.waiting += count.value.waiting;
    sum.away += count.value.away;
    sum.unstored += count.value.unstored;
  }
  return sum;
}
