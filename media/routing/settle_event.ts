import type { TellOutcome } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";

const log = logger("routing");

/**
 * Looks at the outcome of an event that was offered to the actor that owns its subject. An offer waits for room, so
 * only an actor that has ended refuses it, and the subject of the event ended with the actor.
 */
export async function settleEvent(event: string, offered: Promise<TellOutcome>): Promise<void> {
  const outcome = await offered;
  if (outcome !== "accepted") log.debug("an event came after the end of its actor", { event, outcome });
}
