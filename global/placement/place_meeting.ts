import type { Failure } from "../../shared/actor/mod.ts";
import type { HttpError } from "../../shared/http/mod.ts";
import { refuse } from "../errors/errors.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { PlacementServices } from "./placement_services.ts";
import type { Placement } from "./registry_protocol.ts";

/**
 * The shard of a meeting; one is chosen if it has none.
 *
 * @throws {HttpError} 410 if it has ended, 503 while no shard can be given
 */
export async function placeMeeting(
  { registry }: Pick<PlacementServices, "registry">,
  meeting_id: string,
): Promise<Placement> {
  const outcome = await registry.ask("place", { meeting_id });
  if (outcome.ok) return outcome.value;
  throw placementRefusal(outcome.error);
}

/** The refusal for a meeting that can't be placed. */
export function placementRefusal(error: Failure): HttpError {
  const options = { retryAfterSeconds: 1, cause: error };
  if (error.code === "ended") return refuse("MEETING_ENDED", { cause: error });
  if (error.code === "no_controller") return refuse("CONTROLLER_UNAVAILABLE", options);
  return error.code === "no_handler" ? refuse("HANDLER_UNAVAILABLE", options) : unavailable(error);
}
