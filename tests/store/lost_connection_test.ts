import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Kysely, sql } from "kysely";
import { connectDatabase, isUnavailable, openDatabase, type Store } from "../../shared/store/mod.ts";
import { type Cable, cable } from "../cable.ts";
import { databaseKinds } from "./databases.ts";

const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");

interface Place {
  /** Goes to the database over the cable. */
  readonly store: Store<unknown>;
  /** Goes there directly. */
  readonly beside: Store<unknown>;
  readonly way: Cable;
}

function test(behaviour: string, fn: (place: Place) => Promise<void>): void {
  Deno.test({
    name: `lost connection › ${behaviour}`,
    ignore: postgres === undefined || postgres.missing,
    async fn() {
      await using database = await postgres?.create();
      if (database?.location.kind !== "postgres") throw new Error("there is no PostgreSQL");
      const url = new URL(database.location.url);
      await using way = cable(url.hostname, Number(url.port || 5432));
      await using beside = await openDatabase<unknown>(database.location, []);
      url.hostname = "127.0.0.1";
      url.port = String(way.port);
      const location = { ...database.location, url: url.href, connections: 2 };
      await using store = await openDatabase<unknown>(location, []);
      await fn({ store, beside, way });
    },
  });
}

const one = (queries: Kysely<unknown>) => sql`SELECT 1`.execute(queries);

/** By the time of these answers the end of a connection has been noticed here. */
async function noticed({ beside }: Place): Promise<void> {
  for (let n = 0; n < 20; n++) await one(beside.queries);
}

/** More at once than there are connections. */
async function assertWorks({ store }: Place): Promise<void> {
  await Promise.all(Array.from({ length: 6 }, () => store.exclusively("test", one)));
}

test("within a transaction it is an outage, whatever the rollback answers, and later queries work", async (place) => {
  const { store } = place;
  const broken = () =>
    store.exclusively("test", async (queries) => {
      const { rows: [own] } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(queries);
      await sql`SELECT pg_terminate_backend(${own?.pid})`.execute(store.queries);
      // Waits until the end of the connection was noticed here.
      for (;;) await one(queries);
    });
  const error = await assertRejects(broken);
  assert(isUnavailable(error), String(error));
  await assertWorks(place);
});

test("between two queries of a transaction the second is an outage, and nothing of it is written elsewhere", async (place) => {
  const { store, beside, way } = place;
  await sql`CREATE TABLE things (id INTEGER)`.execute(beside.queries);
  for (let n = 0; n < 10; n++) {
    const error = await assertRejects(() =>
      store.exclusively("test", async (queries) => {
        await one(queries);
        way.drop();
        await noticed(place);
        // A new connection is there for others by now.
        await one(store.queries);
        await sql`INSERT INTO things VALUES (1)`.execute(queries);
      })
    );
    assert(isUnavailable(error), String(error));
    await assertWorks(place);
  }
  const { rows } = await sql`SELECT * FROM things`.execute(beside.queries);
  assertEquals(rows, []);
});

test("a connection that was lost while nobody used it is nobody's outage", async (place) => {
  await assertWorks(place);
  for (let n = 0; n < 10; n++) {
    place.way.drop();
    await noticed(place);
    await assertWorks(place);
  }
});

test("what is cut at any moment is an outage or done, and what is done is there", async (place) => {
  const { store, beside, way } = place;
  await sql`CREATE TABLE numbers (number INTEGER)`.execute(beside.queries);
  const done: number[] = [];
  const insert = async (number: number) => {
    try {
      await store.exclusively(
        "test",
        (queries) => sql`INSERT INTO numbers VALUES (${number})`.execute(queries),
      );
      done.push(number);
    } catch (error) {
      assert(isUnavailable(error), String(error));
    }
  };
  for (let n = 0; n < 60; n++) {
    const inserting = Array.from({ length: 5 }, (_, index) => insert(5 * n + index));
    // A little later each time.
    for (let turn = 0; turn < n % 20; turn++) await one(beside.queries);
    way.drop();
    await Promise.all(inserting);
  }
  assert(done.length > 0 && done.length < 300, `${done.length} of 300`);
  const { rows } = await sql<{ number: number }>`SELECT number FROM numbers`.execute(beside.queries);
  const stored = new Set(rows.map(({ number }) => number));
  assertEquals(done.filter((number) => !stored.has(number)), []);
  await assertWorks(place);
});

test("queries that take long have the server asked once for all; who gets an answer meanwhile keeps the connection", async (place) => {
  const { store, beside, way } = place;
  // Both connections are open.
  await store.exclusively("test", () => one(store.queries));
  way.hold();
  const sleep = () => sql`SELECT pg_sleep(3.5)`.execute(store.queries);
  await Promise.all([sleep(), sleep()]);
  assertEquals(way.held, 1);
  let isOver = false;
  // By then the question has been without an answer for too long.
  const untilThen = sql`SELECT pg_sleep(5.5)`.execute(beside.queries).then(() => isOver = true);
  while (!isOver) await Promise.all([one(store.queries), one(store.queries)]);
  await untilThen;
  assertEquals(way.held, 1);
});

Deno.test("lost connection › a server that takes connections and closes them is an outage at once, and no storm", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let taken = 0;
  const taking = (async () => {
    for await (const connection of listener) {
      taken++;
      connection.close();
    }
  })();
  const url = `postgres://somebody@127.0.0.1:${listener.addr.port}/nowhere`;
  await using store = await connectDatabase<unknown>({ kind: "postgres", url }, 2);
  for (let n = 1; n <= 5; n++) {
    const error = await assertRejects(() => one(store.queries));
    assertEquals([isUnavailable(error), taken], [true, n], String(error));
  }
  listener.close();
  await taking;
});

Deno.test("lost connection › a name that nobody has is an outage", async () => {
  const url = "postgres://somebody@nowhere.invalid/nowhere";
  await using store = await connectDatabase<unknown>({ kind: "postgres", url }, 2);
  assert(isUnavailable(await assertRejects(() => one(store.queries))));
});
