import type { TellOutcome } from "../actor/mod.ts";
import { logger } from "./logger.ts";

/** Logs a message that an actor did not take. For messages whose loss only costs a delay or a repeated query. */
export function logUntold(outcome: TellOutcome, message: string): void {
  if (outcome !== "accepted") logger("actors").warn("an actor did not take a message", { message, outcome });
}
