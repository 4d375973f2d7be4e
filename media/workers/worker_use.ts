import type { WorkerResourceUsage } from "mediasoup/types";

/** What a worker process uses of the machine. */
export interface WorkerUse {
  /** The share of one core, 0 to 1, averaged over some seconds. */
  readonly cpu: number;
  /** The most memory that the process has had so far. */
  readonly peakMemoryBytes: number;
}

/** A reading of a process's counters, and the average at that time. */
export interface UseReading extends WorkerUse {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** After this time an average has come two thirds of the way to a new load. */
const averagingMs = 3_000;

/** The reading at `atMs`. The average begins with no load. */
export function readUse(
  { ru_utime, ru_stime, ru_maxrss }: Pick<WorkerResourceUsage, "ru_utime" | "ru_stime" | "ru_maxrss">,
  atMs: number,
  before: UseReading | undefined,
): UseReading {
  const cpuMs = ru_utime + ru_stime;
  const reading = { atMs, cpuMs, peakMemoryBytes: ru_maxrss * 1024 };
  const passedMs = before === undefined ? 0 : atMs - before.atMs;
  if (before === undefined || passedMs <= 0) return { ...reading, cpu: before?.cpu ?? 0 };
  const now = Math.min(1, (cpuMs - before.cpuMs) / passedMs);
  const weight = 1 - Math.exp(-passedMs / averagingMs);
  return { ...reading, cpu: before.cpu + weight * (now - before.cpu) };
}
