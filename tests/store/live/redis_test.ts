import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { deadline, delay } from "@std/async";
import { createSentinel } from "redis";
import { createScope, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { StartError } from "../../../shared/service/mod.ts";
import { connectRedis } from "../../../shared/store/live/redis/connect_redis.ts";
import { parseRedisUrl } from "../../../shared/store/live/redis/parse_redis_url.ts";
import { checkLiveStore, type LiveStore, startLiveStore } from "../../../shared/store/live/mod.ts";
import { type RedisServer, startRedis, startSentinel } from "./redis_server.ts";
import { codeOf, controller, facts, opening, place } from "./samples.ts";

const meeting_id = place.meeting_id;

function open(scope: Scope, url: string, settlingMs = 0): LiveStore {
  return startLiveStore(scope, { kind: "redis", url, settlingMs });
}

/** Asks until the store answers. */
async function epochOf({ leases }: LiveStore): Promise<string> {
  for (;;) {
    const read = await leases.ask("epoch", undefined);
    if (read.ok) return read.value.epoch;
    // Behind Sentinels a request may wait for a master longer than for its answer.
    assert(["unavailable", "timeout"].includes(read.error.code), read.error.code);
    // While Redis is away it is answered at once.
    await delay(5);
  }
}

async function restart(server: RedisServer, store: LiveStore, empty?: "empty"): Promise<string> {
  await server.kill();
  await server.start(empty);
  return await epochOf(store);
}

Deno.test("live store in Redis › while Redis is away it is answered at once, and afterwards the connection is back", async () => {
  await using server = await startRedis();
  await using scope = createScope();
  const store = open(scope, server.url);
  valueOf(await store.registrations.ask("registerController", controller));
  await server.save();
  await server.kill();
  const asked = Array.from({ length: 50 }, () => store.leases.ask("lease", { meeting_id }));
  assertEquals(new Set((await Promise.all(asked)).map(codeOf)), new Set(["unavailable"]));
  await server.start();
  await epochOf(store);
  assertEquals(valueOf(await store.registrations.ask("controllers", undefined)), [controller]);
});

Deno.test("live store in Redis › a connection that is given up while it is being made is closed once it is", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const address = parseRedisUrl(`redis://127.0.0.1:${listener.addr.port}`);
  assert(address);
  await connectRedis(address)[Symbol.asyncDispose]();
  using connection = await accepted;
  const ended = async () => {
    while (await connection.read(new Uint8Array(1_024)) !== null);
  };
  await deadline(ended(), 10_000);
});

Deno.test("live store in Redis › the epoch changes with each loss, and with nothing else", async () => {
  await using server = await startRedis();
  await using scope = createScope();
  const store = open(scope, server.url);
  const first = await epochOf(store);
  valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
  assertEquals(await epochOf(open(scope, server.url)), first);
  const second = await restart(server, store, "empty");
  assertNotEquals(second, first);
  await server.save();
  const third = await restart(server, store);
  assertNotEquals(third, second);
  assertEquals(await epochOf(store), third);
});

Deno.test("live store in Redis › what came back older than it was gives no generation twice", async () => {
  await using server = await startRedis();
  await using scope = createScope();
  const store = open(scope, server.url);
  valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
  await server.save();
  const held: number[] = [];
  const acquire = async () => {
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    held.push(generation);
  };
  const assign = async (term: number) => {
    const known = valueOf(await store.leases.ask("lease", { meeting_id }));
    const expected_generation = known?.generation ?? 0;
    valueOf(await store.leases.ask("assign", { ...place, term, expected_generation }));
  };
  for (let n = 0; n < 20; n++) await acquire();
  // The same copy twice: whatever is made of it must not depend on the copy alone.
  for (const term of [2, 3]) {
    await restart(server, store);
    assertEquals(codeOf(await store.leases.ask("acquire", opening)), "not_here");
    await assign(term);
    for (let n = 0; n < 20; n++) await acquire();
  }
  await restart(server, store, "empty");
  await assign(4);
  await acquire();
  assertEquals(held, [...new Set(held)].toSorted((a, b) => a - b));
  assertEquals(held.length, 61);
});

Deno.test("live store in Redis › after a loss older meetings are not placed for a while, unless they are written back", async () => {
  await using server = await startRedis();
  await using scope = createScope();
  const store = open(scope, server.url, 600_000);
  const assign = (created_at: string) => {
    const meeting = { ...facts.meeting, created_at };
    return store.leases.ask("assign", { ...place, facts: { ...facts, meeting }, expected_generation: 0 });
  };
  await epochOf(store);
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  assertEquals(codeOf(await assign(facts.meeting.created_at)), "settling");
  const lease = valueOf(await assign(inAnHour));
  await restart(server, store, "empty");
  assertEquals(codeOf(await assign(facts.meeting.created_at)), "settling");
  valueOf(await store.leases.ask("writeBack", lease));
  assertEquals(valueOf(await store.leases.ask("lease", { meeting_id })), lease);
  const soon = open(scope, server.url, 1);
  const { generation: expected_generation } = lease;
  const elsewhere = { ...place, shard: "s1", term: 2, expected_generation };
  const moved = valueOf(await soon.leases.ask("assign", elsewhere));
  assert(moved.generation > lease.generation);
});

Deno.test("live store in Redis › counters, removals and bans go by themselves, registrations don't", async () => {
  await using server = await startRedis();
  await using scope = createScope();
  const store = open(scope, server.url);
  const rate = { count: 100, periodMs: 1_000, burst: 1 };
  const cell = { rule: "r", key: "k", rate, at_ms: Date.now() };
  assertEquals(valueOf(await store.counters.ask("takeCell", cell)), 0);
  const revoked = { meeting_id, banned: false, at_ms: 1_000 };
  valueOf(await store.revocations.ask("revoke", { ...revoked, sub: "ann" }));
  valueOf(await store.revocations.ask("revoke", { ...revoked, sub: "bob", banned: true }));
  valueOf(await store.registrations.ask("registerController", controller));
  await server.passTime(3_600_000);
  assertEquals(await server.keys(), [
    "dt:epoch",
    "dt:process:controller:mc-1",
    "dt:processes:controller",
  ]);
});

Deno.test("live store in Redis › a replica that takes over is found through Sentinel, and is a new epoch", async () => {
  await using master = await startRedis();
  await using replica = await startRedis([`replicaof 127.0.0.1 ${master.port}`]);
  await using sentinel = await startSentinel(master);
  await replica.isReplicating();
  await using scope = createScope();
  const store = open(scope, `redis+sentinel://127.0.0.1:${sentinel.port}/tower`);
  const first = await epochOf(store);
  const placed = valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
  await replica.has(`dt:lease:${meeting_id}`);
  await sentinel.knows(1, 1);
  await master.kill();
  let next = first;
  while (next === first) next = await epochOf(store);
  assertEquals(codeOf(await store.leases.ask("acquire", opening)), "not_here", "it may have missed openings");
  const again = { ...place, term: 2, expected_generation: placed.generation };
  valueOf(await store.leases.ask("assign", again));
  const { generation } = valueOf(await store.leases.ask("acquire", opening));
  assert(generation > placed.generation + 1);
});

Deno.test("live store in Redis › a master that takes over again without a restart gives no generation twice", async () => {
  const config = ["repl-diskless-sync-delay 0"];
  await using first = await startRedis(config);
  await using second = await startRedis(config);
  await using scope = createScope();
  const store = open(scope, first.url);
  valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
  await second.follow(first);
  await second.follow();
  // The first one doesn't know yet that it is replaced.
  const { generation } = valueOf(await store.leases.ask("acquire", opening));
  await epochOf(open(scope, second.url));
  await first.follow(second);
  await first.follow();
  assertEquals(codeOf(await store.leases.ask("acquire", opening)), "not_here");
  const known = valueOf(await store.leases.ask("lease", { meeting_id }));
  assert(known !== null && known.generation < generation, "the second one missed that opening");
  const again = { ...place, term: 2, expected_generation: known.generation };
  valueOf(await store.leases.ask("assign", again));
  assert(valueOf(await store.leases.ask("acquire", opening)).generation > generation);
});

Deno.test("live store in Redis › whose master Sentinels don't know yet is found once they do", async () => {
  await using master = await startRedis();
  await using sentinel = await startSentinel(master);
  await master.kill();
  await using scope = createScope();
  const store = open(scope, `redis+sentinel://127.0.0.1:${sentinel.port}/tower`);
  assertEquals(codeOf(await store.leases.ask("epoch", undefined, { timeoutMs: 20_000 })), "unavailable");
  // By the time that this one has given up, the store's own client has.
  const options = { name: "tower", sentinelRootNodes: [{ host: "127.0.0.1", port: sentinel.port }] };
  const like = createSentinel({ ...options, maxCommandRediscovers: 2 });
  like.on("error", () => {});
  await assertRejects(() => like.connect());
  await master.start();
  await epochOf(store);
});

Deno.test("live store in Redis › a Redis that hangs is given up, and found again when it goes on", async () => {
  await using server = await startRedis();
  await using scope = createScope();
  const store = open(scope, server.url);
  const epoch = await epochOf(store);
  server.stop();
  // Until it is given up a request has its own time limit; afterwards it is answered at once.
  while (codeOf(await store.leases.ask("epoch", undefined, { timeoutMs: 20_000 })) !== "unavailable");
  server.goOn();
  assertEquals(await epochOf(store), epoch);
});

Deno.test("live store in Redis › a connection that is taken and never answered is given up for another one", async () => {
  await using server = await startRedis();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const joined: Promise<unknown>[] = [];
  const serving = (async () => {
    for await (const near of listener) {
      taken.push(near);
      if (taken.length === 1) continue;
      const far = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      joined.push(
        Promise.allSettled([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)]),
      );
    }
  })();
  {
    await using scope = createScope();
    const store = open(scope, `redis://127.0.0.1:${listener.addr.port}`);
    await epochOf(store);
  }
  taken[0]?.close();
  listener.close();
  await Promise.all([serving, ...joined]);
});

Deno.test("live store in Redis › what keeps it from being used is one line at the start", async () => {
  await using server = await startRedis(["requirepass secret"], "secret");
  const refusal = async (url: string) =>
    (await assertRejects(() => checkLiveStore({ kind: "redis", url }), StartError)).message;
  const host = `127.0.0.1:${server.port}`;
  assertMatch(await refusal(`redis://:wrong@${host}`), /^the live store at 127.* can't be used: WRONGPASS/);
  assertMatch(await refusal("http://secret@host"), /^DT_LIVE_STORE_URL is not like redis:/);
  await checkLiveStore({ kind: "redis", url: `redis://:secret@${host}` });
  await server.kill();
  const gone = await refusal(`redis://:secret@${host}`);
  assertMatch(gone, /ECONNREFUSED/);
  assertEquals(gone.includes("secret"), false);
});
