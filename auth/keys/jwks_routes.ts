import { jsonResponse } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import type { KeyServices } from "./key_services.ts";
import { publishedKeys } from "./published_keys.ts";

/** `GET /.well-known/jwks.json`. */
export function jwksRoutes({ store, settings, now }: KeyServices): Route[] {
  const headers = {
    "content-type": "application/jwk-set+json",
    "cache-control": `public, max-age=${settings.keyCacheSeconds}`,
  };
  return [{
    method: "GET",
    path: "/.well-known/jwks.json",
    handler: async () => jsonResponse(200, await publishedKeys(store, now()), headers),
  }];
}
