import { isFolderHeld } from "../../service/held_folder.ts";
import { SERVICES } from "../service_names.ts";

/** How often it is looked. */
const LOOK_MS = 100;

/**
 * Waits until no service runs with the data folder. Those of an `up` that was killed end by themselves, once they have
 * done what they do at a stop. Answers the name of one that still runs after `patienceMs`; nothing when all are gone.
 *
 * @throws what `signal` was aborted with
 */
export async function untilLeft(
  dataDir: string,
  { patienceMs, signal, onWaiting }: {
    readonly patienceMs: number;
    readonly signal: AbortSignal;
    /** Called once if there is one to wait for. */
    readonly onWaiting: () => void;
  },
): Promise<string | undefined> {
  let remainingMs = patienceMs;
  for (const name of SERVICES) {
    while (await isFolderHeld(`${dataDir}/${name}`)) {
      if (remainingMs <= 0) return name;
      if (remainingMs === patienceMs) onWaiting();
      remainingMs -= LOOK_MS;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      signal.throwIfAborted();
    }
  }
  return undefined;
}
