import { assertEquals } from "@std/assert";
import { z } from "zod";
import { createHandler, jsonResponse, readQuery } from "../../shared/http/mod.ts";

const schema = z.strictObject({ limit: z.string().default("50"), cursor: z.string().exactOptional() });

Deno.test("query › a parameter comes once: of two nobody can say which one is meant", async () => {
  const handle = createHandler({
    routes: [{
      method: "GET",
      path: "/",
      handler: (context) => jsonResponse(200, readQuery(context, schema)),
    }],
  });
  const ask = async (query: string) => {
    const answer = await handle(new Request(`http://localhost/${query}`));
    const { error, ...rest } = await answer.json();
    return [answer.status, error?.details ?? rest];
  };
  assertEquals(await ask(""), [200, { limit: "50" }]);
  assertEquals(await ask("?limit=2&cursor=a"), [200, { limit: "2", cursor: "a" }]);
  assertEquals(await ask("?limit=2&limit=200"), [400, [{ path: "limit", message: "comes more than once" }]]);
  assertEquals(await ask("?cursor=a&limit=2&cursor=a"), [
    400,
    [{ path: "cursor", message: "comes more than once" }],
  ]);
  assertEquals((await ask("?other=1"))[0], 400);
  assertEquals((await ask("?__proto__=1"))[0], 400);
});
