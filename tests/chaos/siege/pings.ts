import type { Outsider } from "../support/outsider.ts";

const PAUSE_MS = 250;
const LOOK_MS = 20;

/** How long something took, over many times. */
export interface Times {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface PingTimes extends Times {
  /** How much later than asked for this process had its turn: its own part of what a ping waits for. */
  readonly own: Times;
}

/** Has each participant ping again and again for a time; answers how long the answers took. */
export async function pings(people: readonly Outsider[], durationMs: number): Promise<PingTimes> {
  const times: number[] = [];
  const lateness: number[] = [];
  const endAt = performance.now() + durationMs;
  let dueAt = performance.now() + LOOK_MS;
  const looking = setInterval(() => {
    const nowMs = performance.now();
    lateness.push(nowMs - dueAt);
    dueAt = nowMs + LOOK_MS;
  }, LOOK_MS);
  await Promise.all(people.map(async (outsider) => {
    while (performance.now() < endAt && outsider.isOpen) {
      const askedAt = performance.now();
      if ((await outsider.request("session.ping", {})).ok) times.push(performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }));
  clearInterval(looking);
  return { ...timesOf(times), own: timesOf(lateness) };
}

function timesOf(times: number[]): Times {
  times.sort((a, b) => a - b);
  const quantile = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { count: times.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}
