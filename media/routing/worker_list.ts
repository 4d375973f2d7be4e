import type { ActorRef } from "../../shared/actor/mod.ts";
import type { SfuWorker } from "../workers/worker_messages.ts";

/** An SFU worker that runs, and how much the routers on it carry. */
export interface ListedWorker {
  readonly index: number;
  readonly worker: ActorRef<typeof SfuWorker>;
  routers: number;
  transports: number;
}

/** The one that carries least, without those in `except`; of equals the first, whichever started sooner. */
export function leastLoaded(
  workers: Iterable<ListedWorker>,
  except: ReadonlySet<ListedWorker>,
): ListedWorker | undefined {
  const [least] = [...workers].filter((one) => !except.has(one))
    .sort((one, other) => weightOf(one) - weightOf(other) || one.index - other.index);
  return least;
}

/** An empty router weighs as much as two transports, so that many meetings opened at once are spread. */
function weightOf({ routers, transports }: ListedWorker): number {
  return 2 * routers + transports;
}
