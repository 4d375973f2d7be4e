import { assertEquals } from "@std/assert";
import { allowOrigins } from "../../../global/composition/allow_origins.ts";
import { createHandler, jsonResponse } from "../../../shared/http/mod.ts";

const ORIGIN = "https://pages.example";
const location = "/api/v1/meetings/abc";

const handler = createHandler({
  routes: [{ method: "POST", path: "/made", handler: () => jsonResponse(201, {}, { location }) }],
  layers: [allowOrigins([ORIGIN])],
});

async function answerTo(origin: string): Promise<Headers> {
  const answer = await handler(new Request("http://x/made", { method: "POST", headers: { origin } }));
  await answer.body?.cancel();
  assertEquals([answer.status, answer.headers.get("location")], [201, location]);
  return answer.headers;
}

Deno.test("CORS › a page of a named origin reads where a thing was made, when to come back, and the request's id", async () => {
  const headers = await answerTo(ORIGIN);
  assertEquals(headers.get("access-control-allow-origin"), ORIGIN);
  const exposed = headers.get("access-control-expose-headers")?.split(", ").toSorted();
  assertEquals(exposed, ["location", "retry-after", "x-request-id"]);
});

Deno.test("CORS › another page reads nothing", async () => {
  const headers = await answerTo("https://other.example");
  assertEquals(headers.get("access-control-allow-origin"), null);
  assertEquals(headers.get("access-control-expose-headers"), null);
});
