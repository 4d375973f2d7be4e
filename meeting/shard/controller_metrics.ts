import { AggregatorRegistry } from "prom-client";
import type { ActorRef } from "../../shared/actor/mod.ts";
import { addProcessMetrics, createMetrics, type MetricsSource } from "../../shared/metrics/mod.ts";
import type { LoadCount } from "./load_counts.ts";
import type { MeetingController } from "./meeting_controller_protocol.ts";

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
  return {
    contentType: own.registry.contentType,
    async metrics() {
      const sum = await countShards();
      meetings.set({}, sum.meetings);
      unstored.set({}, sum.unstored);
      for (const state of ["joined", "waiting", "away"] as const) participants.set({ state }, sum[state]);
      const ofShards = await Promise.all(shards.map((shard) => shard.ask("metrics", undefined)));
      const all = [
        await own.registry.getMetricsAsJSON(),
        ...ofShards.flatMap((one) => one.ok ? [one.value] : []),
      ];
      return await AggregatorRegistry.aggregate(all).metrics();
    },
  };
}
