import { assertEquals, assertRejects } from "@std/assert";
import { sql } from "kysely";
import { StartError } from "../../shared/config/mod.ts";
import { isUniqueViolation, openSqlite } from "../../shared/store/mod.ts";
import type { Migration } from "../../shared/store/mod.ts";

interface Tables {
  things: { id: string; amount: number };
}

const first: Migration = {
  number: 1,
  name: "things",
  up: (db) =>
    db.schema.createTable("things").addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("amount", "integer", (c) => c.notNull()).execute(),
};
const second: Migration = {
  number: 2,
  name: "a thing from the start",
  up: async (db) => {
    await sql`INSERT INTO things (id, amount) VALUES ('given', 7)`.execute(db);
  },
};

async function folder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("store › what was written is there after opening again, and only new migrations run", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  {
    await using store = await openSqlite<Tables>({ path, migrations: [first] });
    await store.queries.insertInto("things").values({ id: "a", amount: 1 }).execute();
  }
  await using store = await openSqlite<Tables>({ path, migrations: [first, second] });
  const rows = await store.queries.selectFrom("things").selectAll().orderBy("id").execute();
  assertEquals(rows.map(({ id, amount }) => [id, amount]), [["a", 1], ["given", 7]]);
});

Deno.test("store › a query from elsewhere does not become part of an open transaction", async () => {
  await using store = await openSqlite<Tables>({ path: ":memory:", migrations: [first] });
  const inside = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const failing = store.queries.transaction().execute(async (transaction) => {
    await transaction.insertInto("things").values({ id: "undone", amount: 1 }).execute();
    inside.resolve();
    await goOn.promise;
    throw new Error("rolled back");
  });
  await inside.promise;
  const outside = store.queries.insertInto("things").values({ id: "kept", amount: 2 }).execute();
  goOn.resolve();
  await assertRejects(() => failing, Error, "rolled back");
  await outside;
  const rows = await store.queries.selectFrom("things").select("id").execute();
  assertEquals(rows.map((row) => row.id), ["kept"]);
});

Deno.test("store › two openings of one file see each other's writes and don't lose any", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  await using one = await openSqlite<Tables>({ path, migrations: [first] });
  await using two = await openSqlite<Tables>({ path, migrations: [first] });
  await one.queries.insertInto("things").values({ id: "n", amount: 0 }).execute();
  const add = (store: typeof one) =>
    store.queries.transaction().execute((t) =>
      t.updateTable("things").set((eb) => ({ amount: eb("amount", "+", 1) })).where("id", "=", "n").execute()
    );
  await Promise.all(Array.from({ length: 40 }, (_, index) => add(index % 2 === 0 ? one : two)));
  const row = await one.queries.selectFrom("things").select("amount").executeTakeFirstOrThrow();
  assertEquals(row.amount, 40);
});

Deno.test("store › an id that exists is told from other failures", async () => {
  await using store = await openSqlite<Tables>({ path: ":memory:", migrations: [first] });
  const insert = () => store.queries.insertInto("things").values({ id: "a", amount: 1 }).execute();
  await insert();
  const error = await assertRejects(insert);
  assertEquals(isUniqueViolation(error), true);
  const other = await assertRejects(() => sql`SELECT nothing FROM nowhere`.execute(store.queries));
  assertEquals(isUniqueViolation(other), false);
});

Deno.test("store › a boolean is refused, because the two databases store it differently", async () => {
  await using store = await openSqlite<Tables>({ path: ":memory:", migrations: [first] });
  await assertRejects(() => sql`SELECT ${true}`.execute(store.queries), TypeError, "boolean");
});

Deno.test("store › a file that is no database is named, and left as it was", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  const content = "this is not a database, ".repeat(400);
  await Deno.writeTextFile(path, content);
  const error = await assertRejects(() => openSqlite({ path, migrations: [first] }), StartError);
  assertEquals(error.message.includes(path), true);
  assertEquals(await Deno.readTextFile(path), content);
  assertEquals([...Deno.readDirSync(home.path)].map((entry) => entry.name), ["a.db"]);
});

Deno.test("store › a database with a damaged page is named, and left as it was", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  {
    await using store = await openSqlite<Tables>({ path, migrations: [first] });
    for (let n = 0; n < 500; n++) {
      await store.queries.insertInto("things").values({ id: `${n}`.padStart(60, "-"), amount: n }).execute();
    }
  }
  const bytes = await Deno.readFile(path);
  bytes.fill(0xa5, 8192, 8192 + 4096);
  await Deno.writeFile(path, bytes);
  await assertRejects(() => openSqlite({ path, migrations: [first] }), StartError, "damaged");
  assertEquals(await Deno.readFile(path), bytes);
});

Deno.test("store › a database of a newer program is refused", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  await (await openSqlite({ path, migrations: [first, second] }))[Symbol.asyncDispose]();
  await assertRejects(() => openSqlite({ path, migrations: [first] }), StartError, "newer program");
});

Deno.test("store › a step that fails leaves the schema as it was", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  await (await openSqlite({ path, migrations: [first] }))[Symbol.asyncDispose]();
  const broken: Migration = {
    number: 2,
    name: "broken",
    up: async (db) => {
      await sql`CREATE TABLE half (id TEXT)`.execute(db);
      await sql`INSERT INTO nowhere VALUES (1)`.execute(db);
    },
  };
  await assertRejects(() => openSqlite({ path, migrations: [first, broken] }));
  await using store = await openSqlite<Tables>({ path, migrations: [first] });
  const tables = await store.queries.introspection.getTables();
  assertEquals(tables.map((table) => table.name).includes("half"), false);
});

Deno.test("store › a folder that is not there is one clear reason", async () => {
  await assertRejects(
    () => openSqlite({ path: "/nonexistent/folder/a.db", migrations: [first] }),
    StartError,
    "/nonexistent/folder/a.db",
  );
});
