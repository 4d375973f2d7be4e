import { FORWARD_ADDRESS_SCOPE, forwardedClientHeaders, type NamedClient } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { PlacementServices } from "../placement/placement_services.ts";

const log = logger("client_headers");

/** The headers by which the Auth Controller learns whom this service asks for; none while no token vouches for them. */
export async function clientHeaders(
  { serviceTokens }: Pick<PlacementServices, "serviceTokens">,
  client: NamedClient,
): Promise<Record<string, string>> {
  const token = await serviceTokens.ask("token", { scope: FORWARD_ADDRESS_SCOPE });
  if (token.ok) return forwardedClientHeaders(client, token.value);
  log.warn("no token to vouch for the client's address", { reason: token.error.message });
  return {};
}
