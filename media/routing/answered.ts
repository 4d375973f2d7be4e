import { fail, type Failure, type Result } from "../../shared/actor/mod.ts";
import type { ControlRefusal } from "./routing_messages.ts";

/**
 * Converts an inner actor's answer to the link's protocol. An actor that could not answer is `unavailable`.
 */
export function answered<T>(outcome: Result<T, string>): T | Failure<ControlRefusal> {
  if (outcome.ok) return outcome.value;
  const { code, message } = outcome.error;
  return code === "not_found" || code === "stale_generation"
    ? fail(code, message)
    : fail("unavailable", message);
}
