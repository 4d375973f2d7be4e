import type { TellOutcome } from "../actor/mod.ts";
import { logger } from "./logger.ts";

/** Logs a message that an actor did not take, where nothing but its delay or a repeated look-up comes of that. */
export function logUntold(outcome: TellOutcome, message: string): void {
  if (outcome !== "accepted") logger("actors").warn("an actor did not take a message", { message, outcome });
}
