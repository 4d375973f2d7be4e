import { fail, type Failure, type Result } from "../../shared/actor/mod.ts";
import type { ControlRefusal } from "./routing_messages.ts";

/**
 * What an inner actor answered, in the words of the link's protocol. When it could not answer at all, what was asked
 * for isn't to be had at the moment.
 */
export function answered<T>(outcome: Result<T, string>): T | Failure<ControlRefusal> {
  if (outcome.ok) return outcome.value;
  const { code, message } = outcome.error;
  return code === "not_found" || code === "stale_generation"
    ? fail(code, message)
    : fail("unavailable", message);
}
