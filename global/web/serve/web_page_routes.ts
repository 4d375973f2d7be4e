import { serveFile } from "@std/http/file-server";
import { errorResponse, type Route } from "../../../shared/http/mod.ts";
import { refuse } from "../../errors/errors.ts";
import type { GlobalSettings } from "../../settings.ts";
import { acceptedEncodings } from "./accepted_encodings.ts";
import { pageHeaders } from "./page_headers.ts";

/** A name that changes with what is in the file, as bundlers make them: `main-4F2K7Q3A.js`. */
const HASHED = /[.-][A-Z0-9]{8,}\.[a-z0-9]+$/;
const YEAR = "public, max-age=31536000, immutable";

/** The SDK is loaded by pages of other origins; REST and signaling say which of them they answer. */
const FOR_ANY_PAGE = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };

export interface PageServices {
  readonly settings: Pick<GlobalSettings, "webDir" | "publicUrl">;
}

/**
 * The web page: one document for every address that people open, the files beside it, and the SDK. Nothing is served whose
 * name starts with a dot.
 */
export function webPageRoutes({ settings }: PageServices): Route[] {
  const headers = pageHeaders(settings.publicUrl);
  const file = (request: Request, name: string) => serve(request, `${settings.webDir}/${name}`, headers);
  return [
    { method: "GET", path: "/", handler: ({ request }) => page(request, settings.webDir, headers) },
    { method: "GET", path: "/m/:code", handler: ({ request }) => page(request, settings.webDir, headers) },
    {
      method: "GET",
      path: "/sdk.js",
      handler: async ({ request }) => withHeaders(await file(request, "sdk.js"), FOR_ANY_PAGE),
    },
    {
      method: "GET",
      path: "/:file([A-Za-z0-9_][\\w.-]*\\.[a-z0-9]+)",
      handler: ({ request, params }) => file(request, params.file ?? ""),
    },
    {
      method: "GET",
      path: "/assets/:file([A-Za-z0-9_][\\w.-]*\\.[a-z0-9]+)",
      handler: ({ request, params }) => file(request, `assets/${params.file}`),
    },
  ];
}

async function serve(request: Request, path: string, headers: Readonly<Record<string, string>>) {
  const answer = await serveCompressed(request, path) ?? await serveFile(request, path);
  if (answer.status === 404) {
    await answer.body?.cancel();
    return errorResponse(refuse("PAGE_NOT_FOUND"));
  }
  return withHeaders(answer, {
    ...headers,
    "cache-control": HASHED.test(path) ? YEAR : "no-cache",
    vary: "accept-encoding",
  });
}

/** A file as the build has compressed it, where it has and the client takes that. Parts are those of the file itself. */
async function serveCompressed(request: Request, path: string): Promise<Response | undefined> {
  if (request.headers.has("range")) return undefined;
  for (const { name, ending } of acceptedEncodings(request.headers.get("accept-encoding"))) {
    const answer = await serveFile(request, path + ending);
    if (answer.status === 404) {
      await answer.body?.cancel();
      continue;
    }
    const plain = await serveFile(new Request(request.url, { method: "HEAD" }), path);
    if (plain.status === 404) return plain;
    const type = plain.headers.get("content-type");
    answer.headers.delete("accept-ranges");
    return withHeaders(answer, {
      "content-encoding": name,
      ...(type === null ? {} : { "content-type": type }),
    });
  }
  return undefined;
}

/** The page for an address that isn't there: 404, and in words. */
export async function notFoundPage({ settings }: PageServices, request: Request): Promise<Response> {
  // Asked for anew each time: what the browser keeps is not this address.
  const asked = new Request(request.url, { method: request.method });
  const answer = await page(asked, settings.webDir, pageHeaders(settings.publicUrl));
  const { body, headers } = answer;
  return answer.status === 200 ? new Response(body, { status: 404, headers }) : answer;
}

async function page(request: Request, webDir: string, headers: Readonly<Record<string, string>>) {
  const answer = await serveFile(request, `${webDir}/index.html`);
  if (answer.status !== 404) return withHeaders(answer, { ...headers, "cache-control": "no-cache" });
  await answer.body?.cancel();
  return new Response(MISSING, {
    status: 503,
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "retry-after": "10",
    },
  });
}

const MISSING = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dark Tower</title>
<h1>The page is not here yet</h1>
<p>This server runs, but its web page was not built. Its operator can build it with <code>deno task web</code>,
or name the folder that it is in with <code>DT_WEB_DIR</code>.</p>
</html>
`;

function withHeaders(answer: Response, extra: Readonly<Record<string, string>>): Response {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}
