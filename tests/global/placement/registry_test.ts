import { assert, assertEquals } from "@std/assert";
import { type ActorRef, type Protocol, valueOf } from "../../../shared/actor/mod.ts";
import { addController, addHandler, beat, registries, registryAndStore } from "../support/registries.ts";

Deno.test("registry › two GCs that place one meeting at once agree", async () => {
  await using all = await registries();
  const [one, two] = [await all.another(), await all.another()];
  await addHandler(one, "mh-1");
  await addController(one, "mc-1");
  await addController(two, "mc-2");
  for (let n = 0; n < 20; n++) {
    const [here, there] = await Promise.all([
      one.ask("place", { meeting_id: `m-${n}` }),
      two.ask("place", { meeting_id: `m-${n}` }),
    ]);
    assertEquals(valueOf(here).lease, valueOf(there).lease);
  }
});

Deno.test("registry › a GC that doesn't know of a restart yet doesn't take a meeting away", async () => {
  await using all = await registries();
  const [one, two] = [await all.another(), await all.another()];
  await addHandler(one, "mh-1");
  await addController(one, "mc-1");
  valueOf(await two.ask("census", undefined));
  await addController(one, "mc-1", { instance_id: "second" });
  const placed = valueOf(await one.ask("place", { meeting_id: "m-1" }));
  assertEquals(placed.lease.instance_id, "second");
  assertEquals(valueOf(await two.ask("place", { meeting_id: "m-1" })).lease, placed.lease);
});

Deno.test("registry › a meeting gets a handler, a backup and the others behind, and keeps those that are left, who drains as the last", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addController(registry, "mc-1");
  for (const id of ["mh-1", "mh-2", "mh-3"]) await addHandler(registry, id);
  for (const [id, transports] of [["mh-1", 100], ["mh-2", 10], ["mh-3", 50]] as const) {
    await beat(registry, "handler", id, { transports });
  }
  const namesOf = (lease: { handlers: { id: string }[] }) => lease.handlers.map(({ id }) => id);
  const first = valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  assertEquals(namesOf(first.lease), ["mh-2", "mh-3", "mh-1"]);
  await beat(registry, "handler", "mh-1", { transports: 20 });
  await beat(registry, "handler", "mh-2", { transports: 90 });
  valueOf(await registry.ask("drain", { kind: "handler", id: "mh-3", owner: "media" }));
  assertEquals(await beat(registry, "handler", "mh-3"), "draining");
  await addController(registry, "mc-1", { instance_id: "second" });
  const again = valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  // Media of the meeting may be on the one that drains.
  assertEquals(namesOf(again.lease), ["mh-2", "mh-1", "mh-3"]);
  assert(again.lease.generation > first.lease.generation);
});

Deno.test("registry › meetings spread over a controller's shards", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const counts = new Map<string, number>();
  for (let n = 0; n < 40; n++) {
    const { lease } = valueOf(await registry.ask("place", { meeting_id: `m-${n}` }));
    counts.set(lease.shard, (counts.get(lease.shard) ?? 0) + 1);
  }
  for (const shard of ["0", "1"]) assert((counts.get(shard) ?? 0) >= 10, JSON.stringify([...counts]));
});

Deno.test("registry › who is full takes nothing new, before its next heartbeat too", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1", { meetings: 3 });
  const place = async (n: number) => {
    const placed = await registry.ask("place", { meeting_id: `m-${n}` });
    return placed.ok ? placed.value.lease.controller_id : placed.error.code;
  };
  assertEquals([await place(1), await place(2), await place(3), await place(4)], [
    "mc-1",
    "mc-1",
    "mc-1",
    "no_controller",
  ]);
  await all.kit.advance(1);
  await beat(registry, "controller", "mc-1", { meetings: 2 });
  assertEquals([await place(4), await place(5), await place(1)], ["mc-1", "no_controller", "mc-1"]);
  await addController(registry, "mc-2");
  await beat(registry, "handler", "mh-1", { transports: 100 });
  assertEquals(await place(5), "no_handler");
});

Deno.test("registry › a meeting that has ended is placed nowhere", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  valueOf(await live.leases.ask("end", { meeting_id: "m-1", at_ms: 1 }));
  const refused = await registry.ask("place", { meeting_id: "m-1" });
  assertEquals(refused.ok ? "placed" : refused.error.code, "ended");
});

Deno.test("registry › heartbeats and registrations don't wait for joins that wait for the live store", async () => {
  await using all = await registries();
  const gate = Promise.withResolvers<void>();
  let waiting = 0;
  const registry = await all.another({
    between: (live) => ({
      ...live,
      leases: held(live.leases, () => {
        waiting++;
        return gate.promise;
      }),
    }),
  });
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  let placed = 0;
  const joins = Array.from({ length: 20 }, async (_, n) => {
    valueOf(await registry.ask("place", { meeting_id: `m-${n}` }));
    placed++;
  });
  assertEquals(await beat(registry, "controller", "mc-1", { meetings: 1 }), "ready");
  await addController(registry, "mc-2");
  assertEquals(valueOf(await registry.ask("census", undefined)).controllers.ready, 2);
  assertEquals([waiting, placed], [20, 0]);
  gate.resolve();
  await Promise.all(joins);
  assertEquals(placed, 20);
});

/** A reference whose asks wait for `before`. */
function held<P extends Protocol>(ref: ActorRef<P>, before: () => Promise<void>): ActorRef<P> {
  return new Proxy(ref, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const call = value.bind(target);
      return name === "ask" ? async (...given: unknown[]) => (await before(), await call(...given)) : call;
    },
  });
}
