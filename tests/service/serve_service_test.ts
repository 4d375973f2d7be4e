import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { nothing, protocol, tell } from "../../shared/actor/mod.ts";
import { AUDIENCES } from "../../shared/auth/mod.ts";
import { commonSettings, load, Secret, settings } from "../../shared/config/mod.ts";
import { createMetrics } from "../../shared/metrics/mod.ts";
import {
  connectPlatform,
  createServiceScope,
  serveSecureService,
  serveService,
  type Service,
  StartError,
} from "../../shared/service/mod.ts";

const definition = settings(
  { service: "example", summary: "an example" },
  commonSettings({ port: 9000, dataDir: "" }),
);

/** What serves a service in this process, without an Auth Controller. */
function parts(notReady: () => string | undefined) {
  const loaded = load(definition, { env: () => undefined, readFile: () => "" });
  if (!loaded.ok) throw new Error(loaded.message);
  const stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  const failed = Promise.withResolvers<unknown>();
  const life = { stack, stopping: stopping.signal, fail: failed.resolve };
  const scope = createServiceScope(life, { deadlineMs: 1_000 });
  const platform = connectPlatform(scope, {
    authUrl: "http://127.0.0.1:1",
    issuer: "http://localhost:8080",
    clientId: "example",
    clientSecret: new Secret("none"),
  }, AUDIENCES.media);
  const service: Service = {
    component: "mh",
    verifier: platform.verifier,
    metrics: createMetrics("xx").registry,
    routes: [{ method: "GET", path: "/own", handler: () => new Response("own") }],
    notReady,
  };
  return { stack, stopping, failed, life, scope, settings: { ...loaded.value, port: 0 }, service };
}

/** A service in this process. `failed` resolves with the error that would end its program. */
function service(notReady: () => string | undefined) {
  const { stack, stopping, failed, life, scope, ...served } = parts(notReady);
  const server = serveService(life, served.settings, served.service);
  return {
    scope,
    stopping,
    failed: failed.promise,
    async get(path: string) {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
      return { status: answer.status, text: await answer.text() };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("service › its own routes are served beside those that all services have", async () => {
  await using example = service(() => undefined);
  assertEquals(await example.get("/own"), { status: 200, text: "own" });
  const statuses = [];
  for (const path of ["/health", "/ready", "/metrics", "/debug/actors", "/elsewhere"]) {
    statuses.push((await example.get(path)).status);
  }
  assertEquals(statuses, [200, 200, 200, 401, 404]);
});

Deno.test("service › /ready answers the reason of not being ready, and from the stop on that it drains", async () => {
  let reason: string | undefined = "no SFU worker is running";
  await using example = service(() => reason);
  const refused = await example.get("/ready");
  assertEquals(refused.status, 503);
  assertStringIncludes(refused.text, reason);
  reason = undefined;
  assertEquals((await example.get("/ready")).status, 200);
  example.stopping.abort();
  const draining = await example.get("/ready");
  assertEquals(draining.status, 503);
  assertStringIncludes(draining.text, "draining");
});

Deno.test("service › a port or a folder that it can't have is one reason, which names the setting", async () => {
  const { stack, life, settings, service } = parts(() => undefined);
  await using _ = stack;
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const inUse = assertThrows(() => serveService(life, { ...settings, port }, service), StartError);
  assertStringIncludes(inUse.message, "set DT_PORT to another port");
  const dataDir = `/${"x".repeat(100)}`;
  const tls = { cert: "", key: "" };
  const tooLong = await assertRejects(
    () => serveSecureService(life, { ...settings, dataDir }, service, tls),
    StartError,
  );
  assertStringIncludes(tooLong.message, `DT_DATA_DIR is "${dataDir}"; with a certificate`);
});

Deno.test("service › an actor that fails too often ends the program, which is told its path", async () => {
  const Broken = protocol({ go: tell(nothing) });
  class BrokenActor {
    static readonly protocol = Broken;
    go(): void {
      throw new Error("a bug");
    }
  }
  await using example = service(() => undefined);
  const policy = { directive: "escalate" } as const;
  example.scope.spawn(BrokenActor, undefined, { name: "the broken one", policy }).tell("go", undefined);
  const error = await example.failed;
  assertInstanceOf(error, Error);
  assertStringIncludes(error.message, "the broken one");
});
