import { assertEquals, assertRejects } from "@std/assert";
import { sql } from "kysely";
import { StartError } from "../../shared/service/mod.ts";
import { connectDatabase, isUnavailable, isUniqueViolation, openDatabase } from "../../shared/store/mod.ts";
import type { Migration, Store } from "../../shared/store/mod.ts";
import { databaseKinds } from "./databases.ts";

interface Tables {
  things: { id: string; amount: number; at: number; content: Uint8Array<ArrayBuffer> | null };
}

const first: Migration = {
  number: 1,
  name: "things",
  async up({ schema }, { bytes }) {
    await schema.createTable("things")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("amount", "integer", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("content", bytes)
      .execute();
  },
};

const second: Migration = {
  number: 2,
  name: "a thing from the start",
  up: async (db) => {
    await sql`INSERT INTO things (id, amount, at) VALUES ('given', 7, 0)`.execute(db);
  },
};

const thing = (id: string, amount = 1) => ({ id, amount, at: 0, content: null });
const amountOf = async ({ queries }: Store<Tables>, id: string) =>
  (await queries.selectFrom("things").select("amount").where("id", "=", id).executeTakeFirstOrThrow()).amount;

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, fn: () => Promise<void>) =>
    Deno.test({ name: `store on ${name} › ${behaviour}`, ignore, fn });

  test("times beyond 32 bits, bytes and null come back as they went in", async () => {
    await using database = await create();
    await using store = await openDatabase<Tables>(database.location, [first]);
    const content = Uint8Array.from({ length: 256 }, (_, index) => index);
    const rows = [{ id: "a", amount: -1, at: 1_999_999_999_999, content }, thing("b", 2)];
    await store.queries.insertInto("things").values(rows).execute();
    const stored = await store.queries.selectFrom("things").selectAll().orderBy("id").execute();
    assertEquals(
      stored.map((row) => ({ ...row, content: row.content && new Uint8Array(row.content) })),
      rows,
    );
    const { n } = await store.queries.selectFrom("things").select(({ fn }) => fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    assertEquals(n, 2);
    const found = await store.queries.selectFrom("things").select("id").where("content", "=", content)
      .execute();
    assertEquals(found, [{ id: "a" }]);
  });

  test("rows are there after opening again, and only new migrations run", async () => {
    await using database = await create();
    {
      await using store = await openDatabase<Tables>(database.location, [first]);
      await store.queries.insertInto("things").values(thing("a")).execute();
    }
    await using store = await openDatabase<Tables>(database.location, [first, second]);
    const rows = await store.queries.selectFrom("things").select(["id", "amount"]).orderBy("id").execute();
    assertEquals(rows.map(({ id, amount }) => [id, amount]), [["a", 1], ["given", 7]]);
  });

  test("processes that open it at once migrate it once", async () => {
    await using database = await create();
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => openDatabase<Tables>(database.location, [first, second])),
    );
    assertEquals(await Promise.all(stores.map((store) => amountOf(store, "given"))), [7, 7, 7, 7]);
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  test("a change answers the number of its rows", async () => {
    await using database = await create();
    await using store = await openDatabase<Tables>(database.location, [first]);
    await store.queries.insertInto("things").values([thing("a"), thing("b")]).execute();
    const changed = await store.queries.updateTable("things").set({ amount: 5 }).where("id", "=", "a")
      .executeTakeFirst();
    const removed = await store.queries.deleteFrom("things").where("amount", ">", 9).executeTakeFirst();
    assertEquals([changed.numUpdatedRows, removed.numDeletedRows], [1n, 0n]);
    const gone = await store.queries.deleteFrom("things").returning("id").execute();
    assertEquals(gone.length, 2);
  });

  test("a transaction that throws leaves nothing, and a query from elsewhere isn't part of it", async () => {
    await using database = await create();
    await using store = await openDatabase<Tables>(database.location, [first]);
    const inside = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const failing = store.queries.transaction().execute(async (transaction) => {
      await transaction.insertInto("things").values(thing("undone")).execute();
      inside.resolve();
      await goOn.promise;
      throw new Error("rolled back");
    });
    await inside.promise;
    const outside = store.queries.insertInto("things").values(thing("kept")).execute();
    goOn.resolve();
    await assertRejects(() => failing, Error, "rolled back");
    await outside;
    assertEquals(await store.queries.selectFrom("things").select("id").execute(), [{ id: "kept" }]);
  });

  test("transactions of one name that read and then write lose no update to another process", async () => {
    await using database = await create();
    await using one = await openDatabase<Tables>(database.location, [first]);
    await using two = await connectDatabase<Tables>(database.location, 4);
    await one.queries.insertInto("things").values(thing("n", 0)).execute();
    const add = (store: Store<Tables>) =>
      store.exclusively("add", async (queries) => {
        const { amount } = await queries.selectFrom("things").select("amount").where("id", "=", "n")
          .executeTakeFirstOrThrow();
        await queries.updateTable("things").set({ amount: amount + 1 }).where("id", "=", "n").execute();
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => add(index % 2 === 0 ? one : two)));
    assertEquals(await amountOf(one, "n"), 40);
  });

  test("a duplicate id is distinguished from other failures", async () => {
    await using database = await create();
    await using store = await openDatabase<Tables>(database.location, [first]);
    const insert = () => store.queries.insertInto("things").values(thing("a")).execute();
    await insert();
    assertEquals(isUniqueViolation(await assertRejects(insert)), true);
    const other = await assertRejects(() => sql`SELECT nothing FROM nowhere`.execute(store.queries));
    assertEquals([isUniqueViolation(other), isUnavailable(other)], [false, false]);
  });

  test("a database of a newer program is refused", async () => {
    await using database = await create();
    await (await openDatabase(database.location, [first, second]))[Symbol.asyncDispose]();
    await assertRejects(() => openDatabase(database.location, [first]), StartError, "newer program");
  });

  test("a step that fails leaves the schema as it was", async () => {
    await using database = await create();
    await (await openDatabase(database.location, [first]))[Symbol.asyncDispose]();
    const broken: Migration = {
      number: 2,
      name: "broken",
      up: async (db) => {
        await sql`CREATE TABLE half (id TEXT)`.execute(db);
        await sql`INSERT INTO nowhere VALUES (1)`.execute(db);
      },
    };
    await assertRejects(() => openDatabase(database.location, [first, broken]));
    await using store = await openDatabase<Tables>(database.location, [first]);
    await assertRejects(() => sql`SELECT * FROM half`.execute(store.queries));
  });
}

Deno.test("store on PostgreSQL › an unreachable server is one clear reason without its password", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const url = `postgres://someone:a-password@127.0.0.1:${listener.addr.port}/nowhere`;
  const error = await assertRejects(() => openDatabase({ kind: "postgres", url }, [first]), StartError);
  assertEquals(
    error.message.startsWith(`the database nowhere at 127.0.0.1:${listener.addr.port} can't`),
    true,
  );
  assertEquals(error.message.includes("a-password"), false);
  await using store = await connectDatabase<Tables>({ kind: "postgres", url }, 1);
  const asked = await assertRejects(() => store.queries.selectFrom("things").selectAll().execute());
  assertEquals(isUnavailable(asked), true);
});

for (const url of ["", "nowhere", "mysql://a/b", "postgres://"]) {
  Deno.test(`store on PostgreSQL › "${url}" is not an address of one`, async () => {
    await assertRejects(() => openDatabase({ kind: "postgres", url }, []), StartError, "DT_DATABASE_URL");
  });
}
