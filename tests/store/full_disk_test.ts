import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { isUnavailable, type Migration, openSqlite, writeObstacle } from "../../shared/store/mod.ts";
import { withSmallDisk } from "../small_disk.ts";

interface Tables {
  notes: { note: string };
}

const notes: Migration = {
  number: 1,
  name: "notes",
  up: (db) => db.schema.createTable("notes").addColumn("note", "text").execute(),
};

Deno.test("full disk › a write fails as unavailable and says why; with room again the next one succeeds", async () => {
  await withSmallDisk(async ({ path, fill, empty }) => {
    await using store = await openSqlite<Tables>({ path: `${path}/one.db`, migrations: [notes] });
    const write = (note: string) =>
      store.exclusively("notes", (db) => db.insertInto("notes").values({ note }).execute());
    const read = () => store.queries.selectFrom("notes").selectAll().execute();
    await write("before");
    await fill();
    const long = "x".repeat(100_000);
    const error = await assertRejects(() => write(long), Error);
    assert(isUnavailable(error), String(error));
    assertStringIncludes(error.message, "full");
    await assertRejects(() => store.queries.insertInto("notes").values({ note: long }).execute(), Error);
    assertEquals(await read(), [{ note: "before" }]);
    await empty();
    await write("after");
    assertEquals(await read(), [{ note: "before" }, { note: "after" }]);
  });
});

Deno.test("full disk › readiness finds it out by writing, and finds out when there is room again", async () => {
  await withSmallDisk(async ({ path, fill, empty }) => {
    await using store = await openSqlite<Tables>({ path: `${path}/one.db`, migrations: [notes] });
    assertEquals([await writeObstacle(store), await writeObstacle(store)], [undefined, undefined]);
    await fill();
    // Nobody else has written, and what can be read is no proof.
    assertEquals(await store.queries.selectFrom("notes").selectAll().execute(), []);
    assertEquals(await writeObstacle(store), "the database can't be written: database or disk is full");
    assertEquals(await writeObstacle(store), "the database can't be written: database or disk is full");
    await empty();
    assertEquals(await writeObstacle(store), undefined);
    await using again = await openSqlite<Tables>({ path: `${path}/one.db`, migrations: [notes] });
    assertEquals(await writeObstacle(again), undefined);
  });
});
