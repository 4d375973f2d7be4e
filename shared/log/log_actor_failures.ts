import type { Runtime } from "../actor/mod.ts";
import { logger } from "./logger.ts";

/** Logs every failure of an actor of this isolate, and every message that nobody handled. Returns what ends it. */
export function logActorFailures(runtime: Runtime): () => void {
  const log = logger("actors");
  return runtime.observe({
    crashed: ({ path, message, error }) =>
      log.error("an actor failed", { actor: path, handling: message, error }),
    deadLetter: ({ path, message, reason }) =>
      log.debug("a message was not handled", { actor: path, handling: message, reason }),
  });
}
