import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Kysely, sql } from "kysely";
import { isUnavailable, openDatabase, type Store } from "../../shared/store/mod.ts";
import { databaseKinds } from "./databases.ts";

const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");

interface Lock {
  readonly classid: number;
  readonly objid: number;
}

interface Place {
  readonly one: Store<unknown>;
  readonly two: Store<unknown>;
}

/** With these parameters in the database's URL. */
function test(behaviour: string, parameters: Record<string, string>, fn: (place: Place) => Promise<void>) {
  Deno.test({
    name: `silent transaction › ${behaviour}`,
    ignore: postgres === undefined || postgres.missing,
    async fn() {
      await using database = await postgres?.create();
      if (database?.location.kind !== "postgres") throw new Error("there is no PostgreSQL");
      const url = new URL(database.location.url);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      const location = { ...database.location, url: url.href, connections: 2 };
      await using one = await openDatabase<unknown>(location, []);
      await using two = await openDatabase<unknown>(location, []);
      await sql`CREATE TABLE things (number INTEGER)`.execute(one.queries);
      await sql`INSERT INTO things VALUES (1)`.execute(one.queries);
      await fn({ one, two });
    },
  });
}

const change = (queries: Kysely<unknown>) => sql`UPDATE things SET number = number + 1`.execute(queries);

/** Locks a row and goes silent, until the test says that it goes on. */
function goSilent(store: Store<unknown>) {
  const silent = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const outcome = store.exclusively("test", async (queries) => {
    await change(queries);
    silent.resolve();
    await goOn.promise;
    await change(queries);
  });
  return { isSilent: silent.promise, goOn: goOn.resolve, outcome };
}

test(
  "whoever waits for its locks gets an outage, and they are gone after a while",
  {},
  async ({ one, two }) => {
    const { isSilent, goOn, outcome } = goSilent(one);
    await isSilent;
    const [row, advisory] = await Promise.all([
      assertRejects(() => change(two.queries)),
      assertRejects(() => two.exclusively("test", change)),
    ]);
    assert(isUnavailable(row), String(row));
    assert(isUnavailable(advisory), String(advisory));
    // Each of these waits for as long as one may for a lock.
    for (;;) {
      const error = await two.exclusively("test", change).then(() => undefined, (error: unknown) => error);
      if (error === undefined) break;
      assert(isUnavailable(error), String(error));
    }
    goOn();
    const late = await assertRejects(() => outcome);
    assert(isUnavailable(late), String(late));
    await one.exclusively("test", change);
    const { rows } = await sql`SELECT number FROM things`.execute(one.queries);
    assertEquals(rows, [{ number: 3 }]);
  },
);

test("who is patient waits for its locks until they are gone", {
  lock_timeout: "50",
  idle_in_transaction_session_timeout: "1000",
}, async ({ one, two }) => {
  const { isSilent, goOn, outcome } = goSilent(one);
  await isSilent;
  const hasty = await assertRejects(() => two.exclusively("test", change));
  assert(isUnavailable(hasty), String(hasty));
  await two.exclusively("test", change, { forLocks: true });
  goOn();
  await assertRejects(() => outcome);
});

test(
  "who has waited patiently and is gone waits on at no server",
  { lock_timeout: "50" },
  async ({ one, two }) => {
    const held = Promise.withResolvers<Lock | undefined>();
    const release = Promise.withResolvers<void>();
    const holding = one.exclusively("test", async (queries) => {
      const { rows: [lock] } = await sql<Lock>`SELECT classid, objid FROM pg_locks
      WHERE locktype = 'advisory' AND pid = pg_backend_pid()`.execute(queries);
      held.resolve(lock);
      await release.promise;
    }, { inPauses: true });
    const lock = await held.promise;
    const waiting = two.exclusively("test", change, { forLocks: true });
    const isWaitedFor = async () => {
      const { rows } = await sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND classid = ${lock?.classid} AND objid = ${lock?.objid}`.execute(one.queries);
      return rows.length > 0;
    };
    while (!await isWaitedFor());
    await Promise.all([assertRejects(() => waiting), two[Symbol.asyncDispose]()]);
    while (await isWaitedFor());
    release.resolve();
    await holding;
  },
);

test("a snapshot and whoever is patient in pauses may be silent for longer than others", {
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "100",
}, async ({ one, two }) => {
  const number = (queries: Kysely<unknown>) => sql`SELECT number FROM things`.execute(queries);
  // Ten times as long.
  const pause = () => sql`SELECT pg_sleep(1)`.execute(two.queries);
  await one.snapshot(async (queries) => {
    await number(queries);
    await pause();
    await number(queries);
  });
  await one.exclusively("test", async (queries) => {
    await change(queries);
    await pause();
    await change(queries);
  }, { inPauses: true });
  const hasty = await assertRejects(() =>
    one.exclusively("test", async (queries) => {
      await change(queries);
      await pause();
      await change(queries);
    })
  );
  assert(isUnavailable(hasty), String(hasty));
  assertEquals((await number(one.queries)).rows, [{ number: 3 }]);
});

test("a peer that no longer answers is noticed within 30 s", {}, async ({ one }) => {
  const shown = async (name: string) => {
    const { rows: [row] } = await sql<{ value: string }>`SELECT current_setting(${name}) AS value`
      .execute(one.queries);
    return Number(row?.value);
  };
  const [idle, interval, count] = [
    await shown("tcp_keepalives_idle"),
    await shown("tcp_keepalives_interval"),
    await shown("tcp_keepalives_count"),
  ];
  assertEquals(idle + interval * count, 30);
});
