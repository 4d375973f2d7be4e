import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import {
  addController,
  addHandler,
  registries,
  type Registry,
  registryAndStore,
} from "../support/registries.ts";
import { codeOf, facts } from "../../store/live/samples.ts";
import { startRedis } from "../../store/live/redis_server.ts";

const meeting_id = "m-1";
const place = { controller_id: "mc-1", instance_id: "first", shard: "0" };

/** The shard that runs the meeting, `nobody`, or why it can't be said. */
async function holderIn(registry: Registry): Promise<string> {
  const located = await registry.ask("locate", { meeting_id });
  if (!located.ok) return located.error.code;
  return located.value === null ? "nobody" : `${located.value.owner} ${located.value.internal_url}`;
}

Deno.test("locate › without any media handler the shard of a meeting is known, though no ticket can be given", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const { internal_url } = valueOf(await registry.ask("place", { meeting_id }));
  valueOf(await registry.ask("unregister", { kind: "handler", id: "mh-1", owner: "media" }));
  assertEquals(await holderIn(registry), `meeting ${internal_url}`);
  assertEquals(codeOf(await registry.ask("place", { meeting_id })), "no_handler");
});

Deno.test("locate › a controller whose heartbeats are missing runs its meetings until they are given to another one", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const { internal_url } = valueOf(await registry.ask("place", { meeting_id }));
  await all.kit.advance(60_000);
  assertEquals(valueOf(await registry.ask("live", { meeting_ids: [meeting_id] })), []);
  assertEquals(await holderIn(registry), `meeting ${internal_url}`);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-2");
  const moved = valueOf(await registry.ask("place", { meeting_id }));
  assertEquals(moved.lease.controller_id, "mc-2");
  assertEquals(await holderIn(registry), `meeting ${moved.internal_url}`);
});

Deno.test("locate › nobody runs a meeting whose controller has left, or started anew", async () => {
  await using all = await registries();
  const registry = await all.another();
  assertEquals(await holderIn(registry), "nobody");
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  valueOf(await registry.ask("place", { meeting_id }));
  await addController(registry, "mc-1", { instance_id: "second" });
  assertEquals(await holderIn(registry), "nobody");
  valueOf(await registry.ask("unregister", { kind: "controller", id: "mc-1", owner: "meeting" }));
  assertEquals(await holderIn(registry), "nobody");
});

Deno.test("locate › while controllers may still write back what Redis has lost nobody says that a meeting isn't run", async () => {
  await using server = await startRedis();
  const redis = { kind: "redis", url: server.url } as const;
  await using all = await registries({ ...redis, settlingMs: 600_000 });
  const { registry, live } = await registryAndStore(all);
  await addController(registry, "mc-1");
  assertEquals(await holderIn(registry), "unavailable");
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  assertEquals(await holderIn(await all.another({ createdAt: inAnHour })), "nobody", "made since");
  valueOf(await live.leases.ask("writeBack", { meeting_id, ...place, facts, handlers: [], generation: 5 }));
  assertEquals(await holderIn(registry), "meeting http://mc-1/0");
  valueOf(await registry.ask("unregister", { kind: "controller", id: "mc-1", owner: "meeting" }));
  assertEquals(await holderIn(registry), "unavailable", "it may register anew");
  await using later = await registries({ ...redis, settlingMs: 0 });
  assertEquals(await holderIn(await later.another()), "nobody");
});
