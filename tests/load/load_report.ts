import { percentile } from "../bench/percentile.ts";
import type { LoadResult } from "./load.ts";

/** What a load came to, as lines for people. */
export function loadReport({ joined, joinSeconds, joins, answers, deliveries, lost }: LoadResult): string {
  const times = (name: string, samples: readonly number[]) => {
    if (samples.length === 0) return `${name}: none`;
    const ms = (share: number) => percentile(samples, share).toFixed(1);
    return `${name}: p50 ${ms(0.5)} ms, p95 ${ms(0.95)} ms, p99 ${ms(0.99)} ms of ${samples.length}`;
  };
  return [
    `joined: ${joined} participants in ${joinSeconds.toFixed(1)} s, ${
      (joined / joinSeconds).toFixed(0)
    } a second`,
    times("join", joins),
    times("message answered", answers),
    times("message delivered", deliveries),
    `lost: ${lost.joins} joins, ${lost.connections} connections, ${lost.answers} answers, ${lost.deliveries} deliveries`,
  ].join("\n") + "\n";
}
