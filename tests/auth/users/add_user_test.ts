import { assertEquals, assertRejects } from "@std/assert";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { addUser, changeUser, findUser } from "../../../auth/store/users.ts";
import { newUser } from "../../../auth/users/new_user.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { addOrganization } from "../add_organization.ts";
import { unrecorded } from "../unrecorded.ts";

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `accounts on ${name} › nobody is added for somebody who is disabled by then`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const organizationId = await addOrganization(store, "acme");
      const made = (email: string) =>
        newUser({ organizationId, email, displayName: "", passwordHash: "none", roles: ["member"] }, 1);
      const [boss, one, two] = [made("boss@example.org"), made("one@example.org"), made("two@example.org")];
      await addUser(store, boss, unrecorded);
      const add = (user: typeof one) =>
        addUser(store, user, unrecorded, async (queries) => {
          if ((await findUser({ queries }, boss.user_id))?.disabled !== 0) {
            throw new Error("The boss has gone.");
          }
          return true;
        });
      assertEquals(await add(one), true);
      await changeUser(store, boss.user_id, { disabled: 1 }, 2, unrecorded);
      await assertRejects(() => add(two), Error, "has gone");
      assertEquals(await findUser(store, two.user_id), undefined);
    },
  });
}
