import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** The labels that a metric carries, as a union of names. */
type Labels<L extends string> = Readonly<Record<L, string>>;

/** A registry of metrics under one prefix, with one method a kind. Names are given without the prefix. */
export interface Metrics {
  readonly registry: Registry;
  /** The name must end in `_total`. */
  counter<L extends string = never>(name: `${string}_total`, help: string, labels?: readonly L[]): Count<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Reading<L>;
  /** The name must end in `_seconds`; observed values are seconds. */
  histogram<L extends string = never>(
    name: `${string}_seconds`,
    help: string,
    labels?: readonly L[],
    buckets?: readonly number[],
  ): Durations<L>;
}

export interface Count<L extends string> {
  add(labels: Labels<L>, by?: number): void;
}

export interface Reading<L extends string> {
  set(labels: Labels<L>, value: number): void;
  /** Asks for the value each time that Prometheus collects, instead of being told. */
  collect(read: () => Iterable<readonly [Labels<L>, number]>): void;
}

export interface Durations<L extends string> {
  observe(labels: Labels<L>, seconds: number): void;
}

/** From a millisecond to ten seconds: what requests take. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A registry for the metrics of one service, whose names all start with `prefix` and an underscore. */
export function createMetrics(prefix: string, registry: Registry = new Registry()): Metrics {
  const registers = [registry];
  return {
    registry,
    counter(name, help, labels = []) {
      const metric = new Counter({ name: `${prefix}_${name}`, help, labelNames: [...labels], registers });
      return { add: (values, by = 1) => metric.inc(values, by) };
    },
    gauge(name, help, labels = []) {
      let read: (() => Iterable<readonly [Readonly<Record<string, string>>, number]>) | undefined;
      const metric = new Gauge<string>({
        name: `${prefix}_${name}`,
        help,
        labelNames: [...labels],
        registers,
        collect() {
          if (read === undefined) return;
          this.reset();
          for (const [values, value] of read()) this.set(values, value);
        },
      });
      return {
        set: (values, value) => metric.set(values, value),
        collect: (from) => {
          read = from;
        },
      };
    },
    histogram(name, help, labels = [], buckets = BUCKETS) {
      const metric = new Histogram({
        name: `${prefix}_${name}`,
        help,
        labelNames: [...labels],
        buckets: [...buckets],
        registers,
      });
      return { observe: (values, seconds) => metric.observe(values, seconds) };
    },
  };
}
