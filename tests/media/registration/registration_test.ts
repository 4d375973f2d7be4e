import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Registration, RegistrationActor } from "../../../shared/service/mod.ts";
import { TelemetryAggregatorActor } from "../../../media/telemetry/telemetry_aggregator.ts";
import { heartbeatLoad } from "../../../media/registration/heartbeat_load.ts";
import { createMediaMetrics } from "../../../media/metrics.ts";
import { routerCapabilities } from "../../../media/routing/router_capabilities.ts";
import { type ActorRef, createScope, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { ServiceTokenActor } from "../../../shared/auth/mod.ts";
import { Secret } from "../../../shared/config/mod.ts";
import { createHandler, serve } from "../../../shared/http/mod.ts";
import { createAuthority } from "../fixtures/authority.ts";
import { createRegistry, type Registry } from "../fixtures/registry.ts";
import { until } from "../fixtures/until.ts";
import { wideBandwidth } from "../fixtures/wide_bandwidth.ts";

interface House {
  readonly registry: Registry;
  readonly scope: Scope;
  readonly registration: ActorRef<typeof Registration>;
  readonly obstacle: () => Promise<string | null>;
  readonly published: readonly (readonly string[])[];
}

function test(
  name: string,
  prepare: (registry: Registry) => void,
  body: (house: House) => Promise<void>,
): void {
  Deno.test(`registration › ${name}`, async () => {
    const registry = createRegistry();
    prepare(registry);
    const authority = await createAuthority();
    await using server = serve({
      hostname: "127.0.0.1",
      port: 0,
      handler: createHandler({ routes: [...authority.routes, ...registry.routes] }),
    });
    const url = `http://127.0.0.1:${server.port}`;
    await using others = createScope();
    const tokens = others.spawn(ServiceTokenActor, {
      tokenUrl: `${url}/api/v1/auth/service/token`,
      clientId: "media",
      clientSecret: new Secret("a secret"),
    });
    const telemetry = others.spawn(TelemetryAggregatorActor, {
      metrics: createMediaMetrics(),
      periodMs: 60_000,
      bandwidth: wideBandwidth,
    });
    telemetry.tell("counted", {
      load: { transports: 4, producers: { audio: 1, video: 2 }, consumers: { audio: 3, video: 4 } },
      workers: [{ index: 0, cpu: 0.5, peakMemoryBytes: 1, isFull: false }],
    });
    await using scope = createScope();
    const registration = scope.spawn(RegistrationActor, {
      globalUrl: url,
      registration: {
        id: "mh-1",
        instance_id: "i-1",
        region: "local",
        zone: "local",
        endpoints: { control_url: "http://127.0.0.1:1", link_url: "ws://127.0.0.1:1/link" },
        capacity: { workers: 1, transports: 10 },
        rtp_capabilities: routerCapabilities(),
      },
      tokens,
      list: "media-handlers",
      scope: "service.register-handler.gc",
      load: () => heartbeatLoad(telemetry, 90),
      onKeyIds: (keyIds) => void published.push(keyIds),
      onReplaced: (reason) => {
        throw new Error(reason);
      },
    });
    const published: (readonly string[])[] = [];
    const obstacle = async () => valueOf(await registration.ask("obstacle", undefined));
    await body({ registry, scope, registration, obstacle, published });
  });
}

const ready = (house: House) => until(async () => await house.obstacle() === null || undefined);

test("registers with its own token, says how it is, and leaves at the end", () => {}, async (house) => {
  const { registry, scope } = house;
  await ready(house);
  await until(() => registry.heartbeats[1]);
  assertEquals(registry.registrations.map(({ id, instance_id }) => [id, instance_id]), [["mh-1", "i-1"]]);
  assert(registry.tokens[0]?.startsWith("Bearer ey"));
  assertEquals(registry.heartbeats[0], {
    instance_id: "i-1",
    state: "ready",
    load: { transports: 4, producers: 3, consumers: 7, cpu_percent: 50 },
  });
  await scope.close();
  assertEquals(registry.left, ["mh-1"]);
});

test("tries until the registry answers", (registry) => registry.refuseWith = 503, async (house) => {
  const { registry, obstacle } = house;
  await until(() => registry.refused > 1 || undefined);
  assertNotEquals(await obstacle(), null);
  registry.refuseWith = undefined;
  await ready(house);
});

test("says why it can't register", (registry) => {
  registry.refuseWith = 400;
  registry.refusal = {
    code: "INVALID_REQUEST",
    message: "The request is not valid",
    details: [{ path: "zone", message: "is too long" }],
  };
}, async (house) => {
  const { registry, obstacle } = house;
  const said =
    "not registered with the Global Controller: answered 400: The request is not valid; zone is too long";
  await until(async () => await obstacle() === said || undefined);
  registry.refusal = { code: "NOT_OWNER", message: "This id was registered by another client" };
  registry.refuseWith = 403;
  const then =
    "not registered with the Global Controller: answered 403: This id was registered by another client";
  await until(async () => await obstacle() === then || undefined);
  registry.refuseWith = undefined;
  await ready(house);
});

test("registers anew when the registry has forgotten it", () => {}, async (house) => {
  const { registry } = house;
  await ready(house);
  registry.forget();
  await until(() => registry.registrations[1]);
  await ready(house);
});

test("an operator's drain outlasts a registry that has forgotten it", () => {}, async (house) => {
  const { registry, obstacle } = house;
  await ready(house);
  registry.isDrained = true;
  await until(async () => await obstacle() === "draining" || undefined);
  registry.forget();
  await until(() => registry.registrations[1]);
  const before = registry.heartbeats.length;
  await until(() => registry.heartbeats[before]);
  assertEquals([registry.heartbeats[before]?.state, await obstacle()], ["draining", "draining"]);
});

test(
  "hands on which keys tokens are verified by",
  (registry) => registry.keyIds = ["a", "b"],
  async (house) => {
    await until(() => house.published[1]);
    assertEquals(house.published[0], ["a", "b"]);
  },
);

test("goes on after heartbeats that failed", () => {}, async (house) => {
  const { registry } = house;
  await ready(house);
  registry.refuseWith = 500;
  await until(() => registry.refused > 1 || undefined);
  registry.refuseWith = undefined;
  const before = registry.heartbeats.length;
  await until(() => registry.heartbeats.length > before || undefined);
  assertEquals(registry.registrations.length, 1);
});

test("says why its heartbeats are refused", (registry) => registry.timeoutMs = 50, async (house) => {
  const { registry, obstacle } = house;
  await ready(house);
  registry.refuseWith = 503;
  const said = "the Global Controller takes no heartbeats: answered 503";
  await until(async () => await obstacle() === said || undefined);
  registry.refuseWith = undefined;
  await ready(house);
});
