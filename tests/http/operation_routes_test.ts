import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Secret } from "../../shared/config/mod.ts";
import { createHandler, operationRoutes } from "../../shared/http/mod.ts";
import { createMetrics } from "../../shared/metrics/mod.ts";

function service(metricsToken?: Secret) {
  const metrics = createMetrics("xx");
  const visits = metrics.counter("visits_total", "how often metrics were asked for");
  const state = { notReady: undefined as string | undefined };
  const handler = createHandler({
    routes: operationRoutes({
      registry: metrics.registry,
      notReady: () => state.notReady,
      metricsToken,
      beforeMetrics: () => Promise.resolve(visits.add({})),
    }),
  });
  return {
    state,
    get: async (path: string, authorization?: string) =>
      await handler(
        new Request(`http://localhost${path}`, {
          headers: authorization === undefined ? {} : { authorization },
        }),
      ),
  };
}

Deno.test("operations › ready says why not, and when to come back", async () => {
  const { state, get } = service();
  assertEquals([(await get("/health")).status, (await get("/ready")).status], [200, 200]);
  state.notReady = "the database does not answer";
  const answer = await get("/ready");
  const { error } = await answer.json();
  assertEquals([answer.status, answer.headers.get("retry-after"), error.message], [503, "1", state.notReady]);
});

Deno.test("operations › metrics are counted when they are asked for", async () => {
  const { get } = service();
  await (await get("/metrics")).body?.cancel();
  assertStringIncludes(await (await get("/metrics")).text(), "xx_visits_total 2");
});

Deno.test("operations › with a token set, metrics need it and health doesn't", async () => {
  const { get } = service(new Secret("a long enough token"));
  const right = await get("/metrics", "Bearer a long enough token");
  assertEquals([right.status, (await get("/health")).status], [200, 200]);
  // A refused request doesn't collect the metrics.
  assertStringIncludes(await right.text(), "xx_visits_total 1");
  for (const scheme of ["bearer", "BEARER", "Bearer "]) {
    const answer = await get("/metrics", `${scheme} a long enough token`);
    assertEquals([answer.status, await answer.body?.cancel()], [200, undefined], scheme);
  }
  for (
    const wrong of [
      undefined,
      "Bearer",
      "Bearer a long enough toke",
      "Bearera long enough token",
      "Bearer A long enough token",
      "Basic a long enough token",
    ]
  ) {
    const answer = await get("/metrics", wrong);
    assertEquals(answer.status, 401);
    assertNotEquals(answer.headers.get("www-authenticate"), null);
    assertEquals((await answer.json()).error.code, "UNAUTHORIZED");
  }
});
