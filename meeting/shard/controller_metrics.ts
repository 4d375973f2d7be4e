import { AggregatorRegistry } from "prom-client";
import type { ActorRef } from "../../shared/actor/mod.ts";
import { addProcessMetrics, createMetrics, type MetricsSource } from "../../shared/metrics/mod.ts";
import type { LoadCount } from "./load_counts.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";
import { ShardTotals } from "./shard_totals.ts";

/** Failures of an ask whose shard has ended, if only to be restarted; at others it is only late. */
const isOver: ReadonlySet<string> = new Set(["crashed", "restarting", "stopped"]);

type Shards = readonly ActorRef<typeof MeetingController>[];

/** The metrics that `GET /metrics` serves: the controller's own, and the sums over its shards. */
export function controllerMetrics(
  shards: Shards,
  countShards: () => Promise<LoadCount>,
  startedAt: Date,
): MetricsSource {
  const own = createMetrics("mc");
  addProcessMetrics(own.registry, startedAt);
  const meetings = own.gauge("meetings", "Live meetings");
  const unstored = own.gauge(
    "unstored_meetings",
    "Live meetings whose state could not be stored the last time",
  );
  const participants = own.gauge<"state">("participants", "Participants by state", ["state"]);
  const totals = new ShardTotals();
  /** An answer counts as it comes: an earlier one that is taken in later would take back what a later one has said. */
  async function read(shard: Shards[number], index: number): Promise<void> {
    const told = await shard.ask("metrics", undefined);
    if (told.ok) totals.heard(index, told.value);
    else if (isOver.has(told.error.code)) totals.lost(index);
  }
  return {
    contentType: own.registry.contentType,
    async metrics() {
      const sum = await countShards();
      meetings.set({}, sum.meetings);
      unstored.set({}, sum.unstored);
      for (const state of ["joined", "waiting", "away"] as const) participants.set({ state }, sum[state]);
      await Promise.all(shards.map(read));
      const all = [await own.registry.getMetricsAsJSON(), ...totals.all()];
      return await AggregatorRegistry.aggregate(all).metrics();
    },
  };
}
