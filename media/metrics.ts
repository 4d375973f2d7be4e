import {
  type Count,
  createMetrics,
  type Durations,
  type Metrics,
  type Reading,
} from "../shared/metrics/mod.ts";

/** The metrics of a media handler. The contract has their names. */
export interface MediaMetrics {
  readonly registry: Metrics["registry"];
  readonly workers: Reading<never>;
  readonly workerCpu: Reading<"worker">;
  readonly workerMemory: Reading<"worker">;
  readonly transports: Reading<never>;
  readonly producers: Reading<"kind">;
  readonly consumers: Reading<"kind">;
  readonly links: Reading<never>;
  readonly packets: Count<"direction">;
  readonly packetsLost: Count<"direction">;
  readonly bitrate: Reading<"direction">;
  readonly roundTrip: Durations<never>;
  readonly jitter: Durations<never>;
  readonly quality: Reading<"level">;
  readonly bytes: Count<"direction">;
  readonly workerRestarts: Count<never>;
  readonly consumeFailures: Count<never>;
  readonly excesses: Count<never>;
  readonly reportsDropped: Count<never>;
}

/** Creates the metrics, all at zero. */
export function createMediaMetrics(): MediaMetrics {
  const metrics = createMetrics("mh");
  return {
    registry: metrics.registry,
    workers: metrics.gauge("workers", "SFU worker processes that run."),
    workerCpu: metrics.gauge("worker_cpu_ratio", "Share of a core that an SFU worker uses.", ["worker"]),
    workerMemory: metrics.gauge(
      "worker_peak_memory_bytes",
      "Most memory that an SFU worker has had.",
      ["worker"],
    ),
    transports: metrics.gauge("transports", "WebRTC transports that are open."),
    producers: metrics.gauge("producers", "Streams that participants send.", ["kind"]),
    consumers: metrics.gauge("consumers", "Streams that are forwarded to participants.", ["kind"]),
    links: metrics.gauge("links", "Links of meeting controllers that are open."),
    packets: metrics.counter("packets_total", "RTP packets, in from and out to participants.", ["direction"]),
    packetsLost: metrics.counter(
      "packets_lost_total",
      "RTP packets that got lost, in from and out to participants.",
      ["direction"],
    ),
    bitrate: metrics.gauge("bitrate_bps", "Bits per second on the wire at the last round.", ["direction"]),
    roundTrip: metrics.histogram(
      "round_trip_seconds",
      "Round trips to participants, once a stream and round.",
    ),
    jitter: metrics.histogram("jitter_seconds", "Jitter of what participants send, once a stream and round."),
    quality: metrics.gauge("participants_quality", "Participants by the quality of their media.", ["level"]),
    bytes: metrics.counter("bytes_total", "Bytes on the wire, in from and out to participants.", [
      "direction",
    ]),
    workerRestarts: metrics.counter(
      "worker_restarts_total",
      "SFU worker processes that died and were replaced.",
    ),
    consumeFailures: metrics.counter("consume_failures_total", "Consumers that could not be opened."),
    excesses: metrics.counter(
      "excesses_closed_total",
      "Participants whose sending was closed because it was more than their share.",
    ),
    reportsDropped: metrics.counter("reports_dropped_total", "Reports that a link had no room for."),
  };
}
