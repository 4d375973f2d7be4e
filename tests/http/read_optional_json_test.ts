import { assertEquals } from "@std/assert";
import { z } from "zod";
import { createHandler, jsonResponse, readOptionalJson, serve } from "../../shared/http/mod.ts";
import { emptyPosts, rawRequest } from "../raw_request.ts";

const schema = z.strictObject({ grace_seconds: z.int().default(0) });

function served() {
  return serve({
    hostname: "127.0.0.1",
    port: 0,
    handler: createHandler({
      routes: [{
        method: "POST",
        path: "/",
        handler: async (context) => jsonResponse(200, await readOptionalJson(context, schema)),
      }],
    }),
  });
}

Deno.test("optional JSON › without a body the default counts, however the request says that it has none", async () => {
  await using server = served();
  for (const [form, request] of emptyPosts("/")) {
    const { status, body } = await rawRequest(`http://127.0.0.1:${server.port}`, request);
    assertEquals([status, body], [200, '{"grace_seconds":0}'], form);
  }
});

Deno.test("optional JSON › a body that is there has its media type and its form checked", async () => {
  await using server = served();
  const send = async (type: string, body: string) => {
    const headers = { "content-type": type };
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", headers, body });
    return [answer.status, await answer.json().then(({ error, ...rest }) => error?.code ?? rest)];
  };
  assertEquals(await send("application/json", '{"grace_seconds":9}'), [200, { grace_seconds: 9 }]);
  assertEquals(await send("text/plain", "{}"), [415, "UNSUPPORTED_MEDIA_TYPE"]);
  assertEquals(await send("application/json", '{"other":9}'), [400, "INVALID_REQUEST"]);
  assertEquals(await send("application/json", "{"), [400, "INVALID_REQUEST"]);
});
