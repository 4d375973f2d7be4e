import type { ActorRef } from "../../shared/actor/mod.ts";
import type { SfuWorker } from "../workers/worker_messages.ts";

/** A running SFU worker, its number of routers, and the number of their transports. */
export interface ListedWorker {
  readonly index: number;
  readonly worker: ActorRef<typeof SfuWorker>;
  routers: number;
  transports: number;
}

/** The least loaded worker that is not in `except`. Of equally loaded workers, the one with the lowest index. */
export function leastLoaded(
  workers: Iterable<ListedWorker>,
  except: ReadonlySet<ListedWorker>,
): ListedWorker | undefined {
  const [least] = [...workers].filter((one) => !except.has(one))
    .sort((one, other) => weightOf(one) - weightOf(other) || one.index - other.index);
  return least;
}

/** A router without transports counts as two, so that many meetings opened at once are spread. */
function weightOf({ routers, transports }: ListedWorker): number {
  return 2 * routers + transports;
}
