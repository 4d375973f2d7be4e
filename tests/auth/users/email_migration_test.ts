import { assertEquals } from "@std/assert";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `e-mail on ${name} › accounts from before get the canonical form, and none takes another's address`,
    ignore,
    async fn() {
      await using database = await create();
      const before = ["admin@müller.example", "ann@faß.example", "ann@xn--fa-hia.example", "bob@example.org"];
      {
        await using old = await openDatabase<Tables>(database.location, migrations.slice(0, 6));
        await old.queries.insertInto("organizations").values({
          organization_id: "o-1",
          slug: "default",
          name: "Default",
          open_registration: 1,
          registration_follows: 0,
          created_at: 1,
        }).execute();
        await old.queries.insertInto("users").values(before.map((email, index) => ({
          user_id: `u-${index}`,
          organization_id: "o-1",
          email,
          display_name: "Somebody",
          password_hash: "",
          roles: "[]",
          disabled: 0,
          disabled_at: null,
          created_at: index,
        }))).execute();
      }
      await using store = await openDatabase<Tables>(database.location, migrations);
      const rows = await store.queries.selectFrom("users").select("email").orderBy("user_id").execute();
      assertEquals(rows.map(({ email }) => email), ["admin@xn--mller-kva.example", ...before.slice(1)]);
    },
  });
}
