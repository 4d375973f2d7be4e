import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Kysely, sql } from "kysely";
import { StartError } from "../../shared/service/mod.ts";
import { openSqlite } from "../../shared/store/mod.ts";
import type { Migration, Store } from "../../shared/store/mod.ts";
import { migrate } from "../../shared/store/migrate.ts";
import { sqliteDialect } from "../../shared/store/sqlite_dialect.ts";

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

async function folder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("store › a boolean is refused, because the two databases store it differently", async () => {
  await using store = await openSqlite<Tables>({ path: ":memory:", migrations: [first] });
  await assertRejects(() => sql`SELECT ${true}`.execute(store.queries), TypeError, "boolean");
});

Deno.test("store › a new database is not for everybody, and neither are the files beside it", async () => {
  const umask = Deno.umask();
  for (const [isShared, mode] of [[false, 0o600], [true, 0o660 & ~umask]] as const) {
    await using home = await folder();
    await Deno.chmod(home.path, 0o755);
    const path = `${home.path}/a.db`;
    await using store = await openSqlite<Tables>({ path, migrations: [first], isShared });
    await store.queries.insertInto("things").values({ id: "a", amount: 1 }).execute();
    const files = [...Deno.readDirSync(home.path)].map(({ name }) => name).toSorted();
    assertEquals(files, ["a.db", "a.db-shm", "a.db-wal"]);
    for (const file of files) {
      assertEquals((await Deno.stat(`${home.path}/${file}`)).mode, 0o100000 | mode, file);
    }
  }
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

/** Makes a database with a damaged page; answers its path and its bytes. */
async function damagedDatabase(home: string): Promise<[path: string, bytes: Uint8Array<ArrayBuffer>]> {
  const path = `${home}/a.db`;
  {
    await using store = await openSqlite<Tables>({ path, migrations: [first] });
    for (let n = 0; n < 500; n++) {
      await store.queries.insertInto("things").values({ id: `${n}`.padStart(60, "-"), amount: n }).execute();
    }
  }
  const bytes = await Deno.readFile(path);
  const inTheMiddle = 4096 * Math.floor(bytes.length / 8192);
  bytes.fill(0xa5, inTheMiddle, inTheMiddle + 4096);
  await Deno.writeFile(path, bytes);
  return [path, bytes];
}

Deno.test("store › a database with a damaged page is named, and left as it was", async () => {
  await using home = await folder();
  const [path, bytes] = await damagedDatabase(home.path);
  await assertRejects(() => openSqlite({ path, migrations: [first] }), StartError, "damaged");
  assertEquals(await Deno.readFile(path), bytes);
});

Deno.test("store › a large database is searched for damage only where it was not closed", async () => {
  await using home = await folder();
  const [path] = await damagedDatabase(home.path);
  // What lies behind the last page counts for nothing.
  await Deno.truncate(path, 65 * 1024 * 1024);
  await (await openSqlite({ path, migrations: [first] }))[Symbol.asyncDispose]();
  await Deno.truncate(path, 65 * 1024 * 1024);
  await Deno.writeTextFile(`${path}-wal`, "what is no log of this database");
  await assertRejects(() => openSqlite({ path, migrations: [first] }), StartError, "damaged");
});

Deno.test("store › a missing folder is one clear reason", async () => {
  await assertRejects(
    () => openSqlite({ path: "/nonexistent/folder/a.db", migrations: [first] }),
    StartError,
    "/nonexistent/folder/a.db",
  );
});

Deno.test("store › a database that can't be written is refused at the start, also when no migration is due", async () => {
  await using home = await folder();
  const path = `${home.path}/a.db`;
  await (await openSqlite({ path, migrations: [first] }))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path, { readOnly: true });
  await using queries = new Kysely<unknown>({ dialect: sqliteDialect(database, 20) });
  const exclusively: Store<unknown>["exclusively"] = (_name, work) => queries.transaction().execute(work);
  await assertRejects(() => migrate({ exclusively }, { bytes: "blob" }, [first]), Error, "readonly");
});

Deno.test("store › a path below a file is one reason with the path and its folder", async () => {
  await using home = await folder();
  await Deno.writeTextFile(`${home.path}/file`, "");
  const path = `${home.path}/file/a.db`;
  const error = await assertRejects(() => openSqlite({ path, migrations: [first] }), StartError, path);
  assertEquals(error.message.endsWith(`and other files in ${home.path}/file`), true, error.message);
});

Deno.test("store › a migration waits for others' writing as long as it takes, and nobody else does", async () => {
  await using home = await folder();
  const options = { path: `${home.path}/a.db`, busyTimeoutMs: 50 };
  await using store = await openSqlite<Tables>({ ...options, migrations: [first] });
  await using other = await openSqlite<Tables>({ ...options, migrations: [first] });
  const writes = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const writing = store.exclusively("import", async () => {
    writes.resolve();
    await goOn.promise;
  });
  await writes.promise;
  const up: Migration["up"] = (db) => db.schema.createTable("more").addColumn("id", "text").execute();
  const migrated = openSqlite<Tables>({ ...options, migrations: [first, { number: 2, name: "more", up }] });
  const outcome = migrated.then(async (opened) => {
    await opened[Symbol.asyncDispose]();
    return "migrated";
  }, String);
  const impatient = () => other.queries.insertInto("things").values({ id: "a", amount: 1 }).execute();
  for (let tries = 0; tries < 3; tries++) await assertRejects(impatient, Error, "locked");
  goOn.resolve();
  await writing;
  assertEquals(await outcome, "migrated");
});
