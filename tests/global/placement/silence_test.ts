import { assertEquals } from "@std/assert";
import { Silence } from "../../../global/placement/silence.ts";
import { type ActorRef, type Protocol, valueOf } from "../../../shared/actor/mod.ts";
import type { Lease, LiveStore } from "../../../shared/store/live/mod.ts";
import {
  addController,
  addHandler,
  beat,
  registries,
  type Registry,
  registryAndStore,
  tryToBeat,
} from "../support/registries.ts";

/** Past the time after this GC's start in which nobody counts as gone. */
const START_MS = 16_000;

const controllers = async (registry: Registry) =>
  valueOf(await registry.ask("census", undefined)).controllers;
/** Places the meeting, and has its shard open it. */
async function placeOpened(registry: Registry, live: LiveStore): Promise<Lease> {
  const { lease: { meeting_id, controller_id, instance_id, shard } } = valueOf(
    await registry.ask("place", { meeting_id: "m-1" }),
  );
  return valueOf(await live.leases.ask("acquire", { meeting_id, controller_id, instance_id, shard }));
}
const isThere = async (registry: Registry) =>
  valueOf(await registry.ask("live", { meeting_ids: ["m-1"] })).length === 1;

Deno.test("silence › longer than the limit means gone, and a late heartbeat brings back", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await all.kit.advance(START_MS);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const lease = await placeOpened(registry, live);
  await all.kit.advance(15_000);
  assertEquals(await controllers(registry), { ready: 0, degraded: 1, draining: 0, silent: 0, gone: 0 });
  assertEquals(valueOf(await registry.ask("live", { meeting_ids: ["m-1", "m-2"] })), ["m-1"]);
  await all.kit.advance(1);
  assertEquals(await controllers(registry), { ready: 0, degraded: 0, draining: 0, silent: 0, gone: 1 });
  assertEquals(valueOf(await registry.ask("live", { meeting_ids: ["m-1", "m-2"] })), []);
  const refused = await registry.ask("place", { meeting_id: "m-1" });
  assertEquals(refused.ok ? "placed" : refused.error.code, "no_controller");
  await beat(registry, "controller", "mc-1");
  await addHandler(registry, "mh-1");
  assertEquals(valueOf(await registry.ask("place", { meeting_id: "m-1" })).lease, lease);
});

Deno.test("silence › a GC that just started has not heard long enough, and gives the silent nothing new", async () => {
  await using all = await registries();
  const { registry: one, live } = await registryAndStore(all);
  await addHandler(one, "mh-1");
  await addController(one, "mc-1");
  await placeOpened(one, live);
  await all.kit.advance(60_000);
  assertEquals(await isThere(one), false);
  const two = await all.another();
  assertEquals(await controllers(two), { ready: 0, degraded: 0, draining: 0, silent: 1, gone: 0 });
  assertEquals(await isThere(two), true);
  const refused = await two.ask("place", { meeting_id: "m-2" });
  assertEquals(refused.ok ? "placed" : refused.error.code, "no_controller");
  await all.kit.advance(15_001);
  assertEquals([await isThere(two), (await controllers(two)).gone], [false, 1]);
});

Deno.test("silence › after the machine slept nobody is gone who can still report", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  await placeOpened(registry, live);
  await all.kit.advance(START_MS);
  await beat(registry, "controller", "mc-1");
  all.sleep(3_600_000);
  assertEquals(await isThere(registry), true);
  await all.kit.advance(14_000);
  assertEquals(await isThere(registry), true);
  await all.kit.advance(1_001);
  assertEquals(await isThere(registry), false);
});

// An outage may be seen by whoever asks, by heartbeats alone, or by nobody where both go to another GC.
for (const how of ["a census", "a heartbeat", "no request"] as const) {
  Deno.test(`silence › after the live store's return, whose outage ${how} has met, nobody is gone who can still report`, async () => {
    await using all = await registries();
    let isAway = false;
    const opened = Promise.withResolvers<LiveStore>();
    const between = (live: LiveStore): LiveStore => {
      opened.resolve(live);
      return { ...live, registrations: refusing(live.registrations, () => isAway) };
    };
    const registry = await all.another({ between });
    await addHandler(registry, "mh-1");
    await addController(registry, "mc-1");
    await placeOpened(registry, await opened.promise);
    await all.kit.advance(START_MS);
    // What was asked before the outage is answered.
    await controllers(registry);
    await all.kit.advance(1_000);
    isAway = true;
    if (how !== "no request") {
      const during = how === "a census"
        ? await registry.ask("census", undefined)
        : await tryToBeat(registry, "controller", "mc-1");
      assertEquals(during.ok ? "answered" : during.error.code, "unavailable");
    }
    await all.kit.advance(60_000);
    isAway = false;
    assertEquals(await isThere(registry), true);
    await all.kit.advance(15_001);
    assertEquals(await isThere(registry), false);
  });
}

Deno.test("silence › a meeting that nobody has opened is not live, however there its shard is", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  assertEquals(await isThere(registry), false);
  await placeOpened(registry, live);
  assertEquals(await isThere(registry), true);
});

Deno.test("silence › who is gone for more than a week is in no list any more, and may come back", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  const ids = async () => {
    const [mcs, mhs] = await Promise.all([
      live.registrations.ask("controllers", undefined),
      live.registrations.ask("handlers", undefined),
    ]);
    return [...valueOf(mcs), ...valueOf(mhs)].map(({ id }) => id);
  };
  for (const id of ["mc-1", "mc-dead"]) await addController(registry, id);
  for (const id of ["mh-1", "mh-dead"]) await addHandler(registry, id);
  all.sleep(8 * 24 * 3_600_000);
  for (const kind of ["controller", "handler"] as const) {
    await beat(registry, kind, kind === "controller" ? "mc-1" : "mh-1");
  }
  assertEquals((await controllers(registry)).silent, 1);
  assertEquals((await ids()).length, 4, "who was silent because the machine slept may still report");
  await all.kit.advance(START_MS);
  await controllers(registry);
  for (let looks = 0; looks < 50 && (await ids()).length > 2; looks++) await all.kit.advance(5_000);
  assertEquals(await ids(), ["mc-1", "mh-1"]);
  await addController(registry, "mc-dead");
  assertEquals(await ids(), ["mc-1", "mc-dead", "mh-1"]);
});

/** A reference that can't be reached while `isAway`. */
function refusing<P extends Protocol>(ref: ActorRef<P>, isAway: () => boolean): ActorRef<P> {
  return new Proxy(ref, {
    get(target, name) {
      if (name === "ask" && isAway()) {
        return () => Promise.resolve({ ok: false, error: { code: "unreachable", message: "away" } });
      }
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

Deno.test("silence › a clock that is set back makes nobody heard who was silent for long, and nobody gone", () => {
  let now = 10 * 3_600_000;
  const silence = new Silence({ timeoutMs: 15_000, now: () => now });
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      now += 1_000;
      silence.look();
    }
  };
  pass(16);
  const [died, lives] = [{ heartbeat_ms: now - 20 * 60_000 }, { heartbeat_ms: now }];
  assertEquals([silence.isHeard(died), silence.isGone(died), silence.isHeard(lives)], [false, true, true]);
  now -= 3_600_000;
  assertEquals([silence.isHeard(died), silence.isGone(died), silence.isGone(lives)], [false, false, false]);
  assertEquals(silence.isHeard({ heartbeat_ms: now }), true);
  pass(15);
  assertEquals(silence.isGone(died), false);
  pass(1);
  assertEquals(silence.isGone(died), true);
});
