import type { Outsider } from "../support/outsider.ts";

const PAUSE_MS = 250;

export interface PingTimes {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Has each participant ping again and again for a time; answers how long the answers took. */
export async function pings(people: readonly Outsider[], durationMs: number): Promise<PingTimes> {
  const times: number[] = [];
  const endAt = performance.now() + durationMs;
  await Promise.all(people.map(async (outsider) => {
    while (performance.now() < endAt && outsider.isOpen) {
      const askedAt = performance.now();
      if ((await outsider.request("session.ping", {})).ok) times.push(performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }));
  times.sort((a, b) => a - b);
  const quantile = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { count: times.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}
