import type { ActorRef } from "../../shared/actor/mod.ts";
import type { SfuWorker } from "../workers/worker_messages.ts";
import type { WorkerUse } from "../workers/worker_use.ts";

/** A running SFU worker, its number of routers, the number of their transports, and what its process uses. */
export interface ListedWorker {
  readonly index: number;
  readonly worker: ActorRef<typeof SfuWorker>;
  routers: number;
  transports: number;
  use: WorkerUse;
  /** Whether it is so busy that it takes nobody new. */
  isFull: boolean;
}

/** The shares of a core, 0 to 1, between which a worker keeps taking newcomers or keeps refusing them. */
export interface CpuLimits {
  /** From here on it refuses. */
  readonly refuse: number;
  /** From here down it takes newcomers again. */
  readonly takeAgain: number;
}

/** Whether a worker of this load is full, given whether it was. */
export function isFullAt({ cpu }: WorkerUse, wasFull: boolean, { refuse, takeAgain }: CpuLimits): boolean {
  return wasFull ? cpu > takeAgain : cpu >= refuse;
}

/**
 * The least loaded worker that is not full and not in `except`. Of equally loaded workers, the one with the lowest index.
 */
export function leastLoaded(
  workers: Iterable<ListedWorker>,
  except: ReadonlySet<ListedWorker>,
): ListedWorker | undefined {
  const [least] = [...workers].filter((one) => !one.isFull && !except.has(one))
    .sort((one, other) =>
      cpuStep(one) - cpuStep(other) || weightOf(one) - weightOf(other) || one.index - other.index
    );
  return least;
}

/** Load is compared in coarse steps: it lags behind what a worker was given, and the counts don't. */
function cpuStep({ use }: ListedWorker): number {
  return Math.floor(use.cpu / 0.25);
}

/** A router without transports counts as two, so that many meetings opened at once are spread. */
function weightOf({ routers, transports }: ListedWorker): number {
  return 2 * routers + transports;
}
