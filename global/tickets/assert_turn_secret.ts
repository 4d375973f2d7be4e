import { StartError } from "../../shared/service/start_error.ts";
import type { TurnSettings } from "./ice_servers.ts";

/**
 * A TURN server takes nobody without credentials, and these are made of the secret.
 *
 * @throws {StartError} if TURN servers are named and their secret is not
 */
export function assertTurnSecret(
  { turnUrls, turnSecret }: Pick<TurnSettings, "turnUrls" | "turnSecret">,
): void {
  if (turnUrls.length === 0 || turnSecret !== undefined) return;
  throw new StartError(
    "DT_TURN_URLS needs DT_TURN_SECRET or DT_TURN_SECRET_FILE, the secret of these servers",
  );
}
