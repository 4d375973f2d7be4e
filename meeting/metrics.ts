import { isolateRuntime } from "../shared/actor/mod.ts";
import { addActorMetrics, createMetrics, type Metrics } from "../shared/metrics/mod.ts";

export type JoinResult = "joined" | "waiting" | "refused";

/** A shard's metrics. The main isolate adds the shards' metrics up when Prometheus collects them. */
export function shardMetrics() {
  const metrics: Metrics = createMetrics("mc");
  addActorMetrics(metrics.registry, isolateRuntime);
  metrics.gauge("shard_heap_bytes", "Used JavaScript heap of the shards' isolates in bytes")
    .collect(() => [[{}, Deno.memoryUsage().heapUsed]]);
  return {
    registry: metrics.registry,
    turnDelay: metrics.histogram(
      "shard_turn_delay_seconds",
      "How much later than due a shard's event loop turned, looked at ten times a second",
    ),
    joins: metrics.counter<"result">("joins_total", "Joins by outcome", ["result"]),
    joinDuration: metrics.histogram("join_duration_seconds", "From the join request to its answer"),
    messages: metrics.counter<"type" | "result">("messages_total", "Client requests by outcome", [
      "type",
      "result",
    ]),
    auditFailures: metrics.counter<"result">(
      "audit_failures_total",
      "Audit entries that the Global Controller did not take, each time",
      ["result"],
    ),
    mediaRepairs: metrics.counter<"cause">("media_repairs_total", "Repairs of media, by cause", [
      "cause",
    ]),
    reconciliations: metrics.counter<"repaired">(
      "reconciliations_total",
      "Comparisons with a media handler's inventory, by whether a repair was needed",
      ["repaired"],
    ),
    snapshotWrites: metrics.counter<"result">(
      "snapshot_writes_total",
      "Writes of meetings' state to the live store, by outcome",
      ["result"],
    ),
    firstFrame: metrics.histogram("first_frame_seconds", "From the click to a client's first remote picture"),
    firstAudio: metrics.histogram("first_audio_seconds", "From the click to a client's first remote sound"),
    resumes: metrics.counter<"result">("resumes_total", "Joins with a resume by outcome", ["result"]),
    refusedTokens: metrics.counter<"reason">("refused_tokens_total", "Connections refused for their token", [
      "reason",
    ]),
    refusedHandshakes: metrics.counter<"reason">(
      "refused_handshakes_total",
      "Refused handshakes, by reason",
      [
        "reason",
      ],
    ),
  };
}

export type ShardMetrics = ReturnType<typeof shardMetrics>;
