import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { dropKey, makeNextKey } from "../../../auth/keys/change_keys.ts";
import type { KeyStore } from "../../../auth/keys/change_keys.ts";
import { KeyRotationActor } from "../../../auth/keys/key_rotation.ts";
import { createKeyring } from "../../../auth/keys/keyring.ts";
import { signingKeyAt, unrevokedKeys, usableKeys } from "../../../auth/keys/stored_signing_keys.ts";
import { definition } from "../../../auth/settings.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { TokenIssuerActor } from "../../../auth/tokens/token_issuer.ts";
import { createRuntime, createScope, valueOf } from "../../../shared/actor/mod.ts";
import { load } from "../../../shared/config/mod.ts";
import { MAX_KEYS_IN_SET } from "../../../shared/auth/mod.ts";
import { connectDatabase, openDatabase } from "../../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { manualClock } from "../../manual_clock.ts";
import { databaseKinds } from "../../store/databases.ts";
import { unrecorded } from "../unrecorded.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2030, 0, 1);
const masterKeys = { current: new Uint8Array(32).fill(1) };
const times = { publishAheadMs: 360_000, longestTokenMs: 3_600_000 };

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `key rotation on ${name} › many at once over several processes make one key`,
    ignore,
    async fn() {
      await using database = await create();
      await using one = await openDatabase<Tables>(database.location, migrations);
      await using two = await connectDatabase<Tables>(database.location, 4);
      const keyring = await createKeyring(masterKeys);
      const places = [one, two].map((store): KeyStore => ({ store, keyring, times, now: () => NOW }));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => makeNextKey(places[index % 2] ?? failed(), DAY, unrecorded)),
      );
      assertEquals(outcomes.filter((outcome) => outcome.done).length, 1);
      assertEquals((await unrevokedKeys(one.queries)).length, 1);
    },
  });

  Deno.test({
    name:
      `key rotation on ${name} › a key that signs until the revoked one's successor does stays for its tokens`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const keyring = await createKeyring(masterKeys);
      let now = NOW;
      const place: KeyStore = { store, keyring, times, now: () => now };
      const kids: string[] = [];
      for (const passed of [0, HOUR, 10_000]) {
        now += passed;
        const outcome = await makeNextKey(place, 0, unrecorded);
        assert(outcome.done);
        kids.push(outcome.kid);
      }
      const [, second = "", third = ""] = kids;
      now += 300_000;
      await dropKey(place, third, unrecorded);
      // The second signs in 50 s, and until the new one does.
      const untilMs = now + times.publishAheadMs;
      const keys = await usableKeys(store.queries, untilMs - 1);
      assertEquals(signingKeyAt(keys, untilMs - 1)?.kid, second);
      assertEquals(keys.find(({ kid }) => kid === second)?.retires_at, untilMs + times.longestTokenMs);
    },
  });

  Deno.test({
    name: `key rotation on ${name} › never publishes more keys than verifiers take`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const keyring = await createKeyring(masterKeys);
      let now = NOW;
      const place: KeyStore = { store, keyring, times, now: () => now };
      for (let key = 0; key < MAX_KEYS_IN_SET; key++) {
        assertEquals((await makeNextKey(place, 0, unrecorded)).done, true);
        now += 1_000;
      }
      const outcome = await makeNextKey(place, 0, unrecorded);
      assertEquals(outcome.done, false);
      // Until the first key's successor signs, and what the first key signed until then has expired.
      const firstEnd = NOW + 1_000 + times.publishAheadMs + times.longestTokenMs;
      assertEquals(outcome.done ? undefined : now + outcome.waitMs, firstEnd);
      assertEquals((await usableKeys(store.queries, now)).length, MAX_KEYS_IN_SET);
      now = firstEnd;
      assertEquals((await makeNextKey(place, 0, unrecorded)).done, true);
    },
  });

  Deno.test({
    name: `key rotation on ${name} › a key whose times are no dates is not committed`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const place = { store, keyring: await createKeyring(masterKeys), now: () => NOW };
      const first = await makeNextKey({ ...place, times }, 0, unrecorded);
      const never = { ...times, publishAheadMs: 9_007_199_254_740_000 };
      await assertRejects(() => makeNextKey({ ...place, times: never }, 0, unrecorded), RangeError);
      const keys = await unrevokedKeys(store.queries);
      assertEquals(keys.map(({ kid, retires_at }) => [kid, retires_at]), [
        [first.done ? first.kid : "", null],
      ]);
    },
  });

  Deno.test({
    name:
      `key rotation on ${name} › a clock that jumps causes no storm, and holds up nothing when it is right again`,
    ignore,
    async fn() {
      await using database = await create();
      await using bench = await rotating(database.location);
      assertEquals(bench.rotations(), 1);
      // An hour at a minute a check, with the clock thrown a month ahead and back between checks.
      for (let check = 0; check < 60; check++) {
        bench.jump(check % 2 === 0 ? 30 * DAY : -30 * DAY);
        await bench.pass(60_000);
      }
      assertEquals(bench.rotations(), 1);
      // It stays a year ahead: one key. Back again, and a week later the next one is due: one more.
      bench.jump(365 * DAY);
      await bench.pass(60_000);
      await bench.pass(60_000);
      await bench.pass(60_000);
      const ahead = bench.rotations();
      assertEquals(ahead, 2);
      bench.jump(-365 * DAY);
      await bench.pass(60_000);
      await bench.pass(60_000);
      assertEquals(bench.rotations(), ahead);
      for (let day = 0; day < 8; day++) {
        bench.jump(DAY);
        await bench.pass(60_000);
        await bench.pass(60_000);
      }
      assertEquals(bench.rotations(), ahead + 1);
    },
  });

  Deno.test({
    name:
      `key rotation on ${name} › started with a clock that is behind, makes a key and leaves the one that was there`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const keyring = await createKeyring(masterKeys);
      const good = await makeNextKey({ store, keyring, times, now: () => NOW }, DAY, unrecorded);
      const kid = good.done ? good.kid : failed();
      const now = NOW - 2 * DAY;
      const signingAt = async (at: number) => signingKeyAt(await usableKeys(store.queries, at), at)?.kid;
      {
        await using bench = await rotating(database.location, now);
        assertEquals(bench.rotations(), 1);
        await bench.pass(60_000);
        assertNotEquals(await signingAt(now), undefined);
        bench.jump(2 * DAY + HOUR);
        await bench.pass(60_000);
        await bench.pass(60_000);
        assertEquals(bench.rotations(), 1);
      }
      const later = NOW + HOUR + 180_000;
      assertEquals((await usableKeys(store.queries, later)).length, 2);
      assertEquals(await signingAt(later), kid);
      // Both get their end with the next key.
      const next = await makeNextKey({ store, keyring, times, now: () => NOW + 7 * DAY }, DAY, unrecorded);
      assertEquals(next.done && next.previousKid, kid);
      const left = await usableKeys(store.queries, NOW + 8 * DAY);
      assertEquals(left.map((key) => key.kid), next.done ? [next.kid] : []);
    },
  });
}

for (const time of ["PUBLISH_AHEAD", "ROTATION", "MINIMUM_AGE", "FORCED_MINIMUM_AGE", "CACHE", "CHECK"]) {
  Deno.test(`key rotation › DT_KEY_${time}_SECONDS has a bound that keeps every time a date`, () => {
    const env: Record<string, string> = {
      DT_MASTER_KEY: "a key",
      [`DT_KEY_${time}_SECONDS`]: "9007199254740",
    };
    const loaded = load(definition, { env: (name) => env[name], readFile: () => "" });
    assertMatch(
      loaded.ok ? "" : loaded.message,
      /_SECONDS is "9007199254740"; it must be whole seconds from/,
    );
  });
}

Deno.test("key rotation › who asks for it while the database is away is told so, and finds it again afterwards", async () => {
  await using database = await (await databaseKinds())[0]?.create();
  if (database === undefined) throw new Error("there is no SQLite");
  await using bench = await rotating(database.location);
  const rotate = async () => {
    const outcome = await bench.rotate();
    return outcome.ok ? "done" : outcome.error.code;
  };
  bench.away(true);
  const outcomes: string[] = [];
  for (let attempt = 0; attempt < 10; attempt++) outcomes.push(await rotate());
  assertEquals([...new Set(outcomes)], ["unavailable"]);
  bench.away(false);
  assertEquals(await rotate(), "done");
});

function failed(): never {
  throw new Error("there is no such place");
}

/** A rotation whose clocks the test owns: the wall clock can be set, time itself only passes. */
async function rotating(location: DatabaseLocation, startAt = NOW) {
  const stack = new AsyncDisposableStack();
  const opened = stack.use(await openDatabase<Tables>(location, migrations));
  let isAway = false;
  const store: typeof opened = {
    ...opened,
    exclusively: (name, work) =>
      isAway
        ? Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))
        : opened.exclusively(name, work),
  };
  const clock = manualClock();
  const scope = stack.use(createScope({ runtime: createRuntime({ clock }) }));
  let wall = startAt;
  const made = { count: 0 };
  const issuer = scope.spawn(TokenIssuerActor, {
    database: location,
    masterKeys,
    issuer: "http://localhost:8080",
    rate: { count: 1, periodMs: 1, burst: 1 },
  });
  const rotation = scope.spawn(KeyRotationActor, {
    store,
    keyring: await createKeyring(masterKeys),
    times,
    periodMs: 7 * DAY,
    checkMs: 60_000,
    issuer,
    recordWithin: unrecorded,
    onRotated: () => void made.count++,
    onKeys() {},
    now: () => wall,
  });
  valueOf(await rotation.ask("ensure", undefined));
  return {
    away: (away: boolean) => void (isAway = away),
    rotate: () => rotation.ask("rotate", { minimumAgeMs: 0, actor: "a", address: "local" }),
    jump: (ms: number) => void (wall += ms),
    /** Lets time pass, and the check that is due happen. */
    async pass(ms: number) {
      wall += ms;
      clock.advance(ms);
      valueOf(await rotation.ask("ensure", undefined, { timeoutMs: Infinity }));
    },
    rotations: () => made.count,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
