import { jsonResponse } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import type { TokenServices } from "./token_services.ts";

/** `GET /.well-known/oauth-authorization-server`: RFC 8414. */
export function metadataRoutes({ settings: { issuer, keyCacheSeconds } }: TokenServices): Route[] {
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/api/v1/auth/service/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: [],
    grant_types_supported: ["client_credentials"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
  const caching = { "cache-control": `public, max-age=${keyCacheSeconds}` };
  return [{
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    handler: () => jsonResponse(200, metadata, caching),
  }];
}
