import { assertEquals } from "@std/assert";
import { cable } from "../cable.ts";
import { createHandler, errorTable, jsonResponse, refuseCommon, serve } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";

function start(routes: Route[]) {
  const server = serve({ hostname: "127.0.0.1", port: 0, handler: createHandler({ routes }) });
  return {
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

Deno.test("http › every 401 says what to show, and one of its own what it names itself", async () => {
  const signIn = errorTable({ WRONG_PASSWORD: [401, "The password is wrong"] });
  const basic = { "www-authenticate": 'Basic realm="things"' };
  const refusals = {
    "/bearer": () => signIn("WRONG_PASSWORD"),
    "/basic": () => signIn("WRONG_PASSWORD", { headers: basic }),
  };
  await using app = start(
    Object.entries(refusals).map(([path, refusal]) => ({
      method: "GET",
      path,
      handler: () => {
        throw refusal();
      },
    })),
  );
  const challengeOf = async (path: string) => {
    const answer = await fetch(app.url + path);
    await answer.body?.cancel();
    return [answer.status, answer.headers.get("www-authenticate")];
  };
  assertEquals(await challengeOf("/bearer"), [401, 'Bearer realm="darktower"']);
  assertEquals(await challengeOf("/basic"), [401, 'Basic realm="things"']);
});

Deno.test("http › behind a balancer of connections, a client that was answered 503 gets to another process", async () => {
  await using away = start([{
    method: "GET",
    path: "/away",
    handler: () => {
      throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1 });
    },
  }]);
  await using well = start([{ method: "GET", path: "/away", handler: () => jsonResponse(200, {}) }]);
  await using way = cable("127.0.0.1", Number(new URL(away.url).port));
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${way.port}/away`);
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals(await ask(), 503);
  // The connection that is open goes on to where it led.
  way.leadNewTo(Number(new URL(well.url).port));
  assertEquals([await ask(), await ask()], [200, 200]);
});
