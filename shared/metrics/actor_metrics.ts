import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { durationBounds, type Runtime, type TypeStats } from "../actor/mod.ts";

/** One value of a metric, with which actor type it is of and what else distinguishes it. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * Exports the actor runtime's plain counters, read when Prometheus collects: the actors themselves never wait for a
 * metric (rule A15). Durations are of one message in 64.
 */
export function addActorMetrics(registry: Registry, runtime: Runtime): void {
  const registers = [registry];
  const samples = (read: (stats: TypeStats) => readonly Sample[]) => (): Sample[] =>
    [...runtime.stats()].flatMap(([type, stats]) =>
      read(stats).map(([labels, value]): Sample => [{ type, ...labels }, value])
    );
  const gauge = (name: string, help: string, read: () => Sample[]) =>
    new Gauge<string>({
      name,
      help,
      labelNames: ["type"],
      registers,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  const counter = (name: string, help: string, labels: string[], read: () => Sample[]) =>
    new Counter<string>({
      name,
      help,
      labelNames: ["type", ...labels],
      registers,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  gauge("actor_actors", "Actors alive.", samples(({ actors }) => [[{}, actors]]));
  gauge("actor_mailbox_depth", "Messages that wait in mailboxes.", samples(({ depth }) => [[{}, depth]]));
  counter(
    "actor_messages_total",
    "Messages by what became of them.",
    ["result"],
    samples(({ ok, failed, crashed, refused }) => [
      [{ result: "ok" }, ok],
      [{ result: "failed" }, failed],
      [{ result: "crashed" }, crashed],
      [{ result: "refused" }, refused],
    ]),
  );
  counter(
    "actor_dead_letters_total",
    "Messages that nobody handled.",
    [],
    samples(({ dead }) => [[{}, dead]]),
  );
  counter(
    "actor_restarts_total",
    "Restarts by reason.",
    ["reason"],
    samples((
      { restarts },
    ) => [[{ reason: "crash" }, restarts.crash], [{ reason: "sibling" }, restarts.sibling]]),
  );
  counter(
    "actor_lost_workers_total",
    "Workers in an endless loop, which keep a thread until the process ends.",
    [],
    samples(({ lostWorkers }) => [[{}, lostWorkers]]),
  );
  registry.registerMetric(new SampledDurations(runtime));
}

const durationName = "actor_message_duration_seconds";

/** prom-client's histogram only grows by observations; this one shows buckets that were counted elsewhere. */
class SampledDurations extends Histogram<string> {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    super({
      name: durationName,
      help: "Time from a message's turn to its handler's end, sampled.",
      labelNames: ["type"],
      buckets: [...durationBounds],
      registers: [],
    });
    this.#runtime = runtime;
  }

  override async get() {
    const shown = await super.get();
    const values = [...this.#runtime.stats()].flatMap(([type, { durations }]) => {
      const { counts, seconds, samples } = durations;
      const cumulative = durationBounds.map((le, index) => ({
        labels: { le, type },
        value: counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0),
        metricName: `${durationName}_bucket`,
      }));
      return [
        ...cumulative,
        { labels: { le: "+Inf", type }, value: samples, metricName: `${durationName}_bucket` },
        { labels: { type }, value: seconds, metricName: `${durationName}_sum` },
        { labels: { type }, value: samples, metricName: `${durationName}_count` },
      ];
    });
    return { ...shown, values };
  }
}
