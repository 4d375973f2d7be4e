import { jsonResponse, type Route } from "../../shared/http/mod.ts";
import { signalingJsonSchema } from "../../shared/protocol/signaling/json_schema.ts";
import type { GlobalSettings } from "../settings.ts";
import { openapiDocument } from "./openapi_document.ts";

const CACHE = { "cache-control": "public, max-age=300", "access-control-allow-origin": "*" };

/** The contract, for programs. */
export function schemaRoutes(
  { settings }: { readonly settings: Pick<GlobalSettings, "publicUrl"> },
): Route[] {
  const openapi = openapiDocument(settings.publicUrl);
  const signaling = signalingJsonSchema();
  return [
    { method: "GET", path: "/openapi.json", handler: () => jsonResponse(200, openapi, CACHE) },
    { method: "GET", path: "/schemas/signaling.json", handler: () => jsonResponse(200, signaling, CACHE) },
  ];
}
