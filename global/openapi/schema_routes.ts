import { jsonResponse, type Route } from "../../shared/http/mod.ts";
import { signalingJsonSchema } from "../../shared/protocol/signaling/json_schema.ts";
import type { GlobalSettings } from "../settings.ts";
import { DOCS_STYLE, docsPage } from "./docs_page.ts";
import { openapiDocument, OPERATIONS } from "./openapi_document.ts";

const CACHE = { "cache-control": "public, max-age=300" };
const FOR_ALL = { ...CACHE, "access-control-allow-origin": "*" };
const DOCS_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The contract, for programs and for people. */
export function schemaRoutes(
  { settings }: { readonly settings: Pick<GlobalSettings, "publicUrl"> },
): Route[] {
  const openapi = openapiDocument(settings.publicUrl);
  const signaling = signalingJsonSchema();
  const page = docsPage(OPERATIONS);
  return [
    { method: "GET", path: "/openapi.json", handler: () => jsonResponse(200, openapi, FOR_ALL) },
    { method: "GET", path: "/schemas/signaling.json", handler: () => jsonResponse(200, signaling, FOR_ALL) },
    { method: "GET", path: "/docs", handler: () => textResponse(page, "text/html") },
    { method: "GET", path: "/docs.css", handler: () => textResponse(DOCS_STYLE, "text/css") },
  ];
}

function textResponse(body: string, type: string): Response {
  const headers = {
    ...CACHE,
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": DOCS_POLICY,
  };
  return new Response(body, { headers });
}
