import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";
import { addController, addHandler, beat, registries, registryAndStore } from "../support/registries.ts";

Deno.test("offers › a controller that refuses is passed over with all its shards, three at most are asked", async () => {
  await using all = await registries();
  const asked: string[] = [];
  const accepting = new Set<string>();
  const registry = await all.another({
    takes(internalUrl) {
      const { hostname } = new URL(internalUrl);
      asked.push(hostname);
      return accepting.has(hostname);
    },
  });
  await addHandler(registry, "mh-1");
  for (const n of [1, 2, 3, 4, 5]) await addController(registry, `mc-${n}`);
  const refused = await registry.ask("place", { meeting_id: "m-0" });
  assertEquals(refused.ok ? "placed" : refused.error.code, "no_controller");
  assertEquals([asked.length, new Set(asked).size], [3, 3]);

  for (const name of ["mc-1", "mc-2", "mc-3"]) accepting.add(name);
  for (let n = 1; n <= 20; n++) {
    asked.length = 0;
    // Two of five refuse, so that the third one asked takes it at the latest.
    const { lease } = valueOf(await registry.ask("place", { meeting_id: `m-${n}` }));
    assertEquals([asked.at(-1), asked.length <= 3], [lease.controller_id, true]);
  }
  asked.length = 0;
  valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  assertEquals(asked, []);
});

Deno.test("offers › a controller or handler whose heartbeats are late is chosen last", async () => {
  await using all = await registries();
  const registry = await all.another({ region: "north" });
  await addHandler(registry, "mh-late", { region: "north" });
  await addController(registry, "mc-late", { region: "north" });
  await all.kit.advance(5_001);
  await addHandler(registry, "mh-far", { region: "south" });
  await addController(registry, "mc-far", { region: "south", meetings: 2 });
  const census = valueOf(await registry.ask("census", undefined));
  for (const kind of [census.controllers, census.handlers]) {
    assertEquals(kind, { ready: 1, degraded: 1, draining: 0, silent: 0, gone: 0 });
  }
  for (const n of [1, 2]) {
    const { lease } = valueOf(await registry.ask("place", { meeting_id: `m-${n}` }));
    assertEquals([lease.controller_id, lease.handlers[0]?.id], ["mc-far", "mh-far"]);
  }
  // Full, it leaves the rest to the late one, which is better than none.
  assertEquals(valueOf(await registry.ask("place", { meeting_id: "m-3" })).lease.controller_id, "mc-late");
  await beat(registry, "controller", "mc-late");
  assertEquals(valueOf(await registry.ask("census", undefined)).controllers.degraded, 0);
});

Deno.test("offers › a meeting that nobody has opened leaves a controller that drains, an opened one is its controller's to hand over", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const placed = async (meeting_id: string) => valueOf(await registry.ask("place", { meeting_id })).lease;
  const [looked, opened] = [await placed("m-1"), await placed("m-2")];
  const { meeting_id, controller_id, instance_id, shard } = opened;
  valueOf(await live.leases.ask("acquire", { meeting_id, controller_id, instance_id, shard }));
  valueOf(await registry.ask("drain", { kind: "controller", id: "mc-1", owner: "meeting" }));
  assertEquals(await placed("m-1"), looked, "there is no other one");
  await addController(registry, "mc-2");
  const moved = await placed("m-1");
  assertEquals([moved.controller_id, (await placed("m-2")).controller_id], ["mc-2", "mc-1"]);
  assertEquals(await placed("m-1"), moved);
});

Deno.test("offers › placers that race over one live store, moves included, never give a generation to two", async () => {
  await using all = await registries();
  const placers = [];
  for (let n = 0; n < 3; n++) placers.push(await all.another());
  const [first] = placers;
  assert(first !== undefined);
  await addHandler(first, "mh-1");
  for (const n of [1, 2, 3, 4]) await addController(first, `mc-${n}`);
  const holders = new Map<string, string>();
  const note = ({ meeting_id, generation, controller_id, shard }: {
    meeting_id: string;
    generation: number;
    controller_id: string;
    shard: string;
  }) => {
    const name = `${meeting_id} ${generation}`;
    const holder = `${controller_id} ${shard}`;
    assertEquals(holders.get(name) ?? holder, holder, name);
    holders.set(name, holder);
  };
  for (let n = 0; n < 25; n++) {
    const meeting = { meeting_id: `m-${n}` };
    const placed = await Promise.all(placers.map((placer) => placer.ask("place", meeting)));
    const leases = placed.map((outcome) => valueOf(outcome).lease);
    leases.forEach(note);
    const [lease] = leases;
    assert(lease !== undefined);
    // Each holds the shard for dead at the same moment: one moves the meeting, the others are told that it moved.
    const { generation, controller_id, instance_id, shard } = lease;
    const order = { ...meeting, generation, not: [{ controller_id, instance_id, shard }] };
    const moved = await Promise.all(
      placers.flatMap((placer) => [placer.ask("move", order), placer.ask("place", meeting)]),
    );
    for (const outcome of moved) {
      if (outcome.ok) note(outcome.value.lease);
      else assertEquals(outcome.error.code, "changed");
    }
    const winners = moved.filter((outcome, index) => index % 2 === 0 && outcome.ok);
    assertEquals(winners.length, 1);
  }
});

Deno.test("offers › over HTTP a full or draining controller is passed over, and without another it is 503", async () => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, createMeeting, join } = client(d);
  await using one = await controller(d, 0);
  await using two = await controller(d, 1);
  assertEquals([await one.register(), await two.register(), await registerHandler(d)], [201, 201, 201]);
  const ann = await user("ann");
  one.refuse("at_capacity");
  const portOf = (url: string) => Number(new URL(url).port);
  const twosPorts = two.registration.endpoints.shards.map(({ signaling_url }) => portOf(signaling_url));
  const meetings = [];
  for (let n = 0; n < 6; n++) meetings.push(await createMeeting(ann));
  for (const { code } of meetings.slice(0, 5)) {
    assert(twosPorts.includes(portOf((await join(code, ann)).signaling_url)));
  }
  assert(one.offered > 0);
  two.refuse("draining");
  const last = meetings[5]?.code ?? "";
  const refused = await send("POST", `/api/v1/meetings/${last}/join`, { token: ann, body: {} });
  assertEquals([refused.status, refused.code, refused.headers.get("retry-after")], [
    503,
    "CONTROLLER_UNAVAILABLE",
    "1",
  ]);
  // Who runs a meeting is not asked again.
  await join(meetings[0]?.code ?? "", ann);
  one.refuse(undefined);
  await join(last, ann);
  // One that doesn't answer at all refuses, too.
  const another = await createMeeting(ann);
  await one.crash(0);
  await one.crash(1);
  two.refuse(undefined);
  assert(twosPorts.includes(portOf((await join(another.code, ann)).signaling_url)));
});
