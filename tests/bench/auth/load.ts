import { percentile } from "../percentile.ts";
import { keepConnection } from "./kept_connection.ts";

export interface LoadOptions {
  readonly port: number;
  /** One whole HTTP/1.1 request, sent again and again. */
  readonly request: Uint8Array;
  readonly connections: number;
  readonly seconds: number;
  /** So many requests a second, spread evenly over the time; as fast as answers come unless given. */
  readonly perSecond?: number;
}

export interface LoadResult {
  /** Answers with status 200, a second. */
  readonly perSecond: number;
  /** From when a request was due to its answer, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** How many answers there were of each other status. */
  readonly refused: ReadonlyMap<number, number>;
}

/**
 * Sends one request over kept-open connections, one at a time on each. With `perSecond` a request's time counts from
 * when it was due, so that a server which pauses is not measured by the requests that it kept from being sent.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { port, request, connections, seconds, perSecond } = options;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const samples: number[] = [];
  const refused = new Map<number, number>();
  let issued = 0;
  let lastAt = startedAt;

  /** When the next request is due; `undefined` once the time is over. */
  function nextDue(): number | undefined {
    const now = performance.now();
    const due = perSecond === undefined ? now : startedAt + (issued * 1000) / perSecond;
    if (due >= endsAt) return undefined;
    issued++;
    return due;
  }

  async function drive(): Promise<void> {
    using connection = await keepConnection(port);
    for (let due = nextDue(); due !== undefined; due = nextDue()) {
      const waitMs = due - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const { status } = await connection.send(request);
      lastAt = performance.now();
      if (status === 200) samples.push(lastAt - due);
      else refused.set(status, (refused.get(status) ?? 0) + 1);
    }
  }

  await Promise.all(Array.from({ length: connections }, drive));
  return {
    perSecond: samples.length / ((lastAt - startedAt) / 1000),
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
    refused,
  };
}
