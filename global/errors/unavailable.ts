import type { HttpError } from "../../shared/http/mod.ts";
import { refuse } from "./errors.ts";

/** 503 for a request that needs what doesn't answer at the moment: the live store, an actor, AC. */
export function unavailable(cause: unknown): HttpError {
  return refuse("UNAVAILABLE", { retryAfterSeconds: 1, cause });
}
