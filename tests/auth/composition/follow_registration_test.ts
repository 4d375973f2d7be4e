import { assertEquals } from "@std/assert";
import { migrations } from "../../../auth/store/migrations.ts";
import {
  changeOrganization,
  findOrganization,
  followRegistration,
} from "../../../auth/store/organizations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { addOrganization } from "../add_organization.ts";
import { unrecorded } from "../unrecorded.ts";

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `bootstrap on ${name} › a command that closes an organisation during a start is not undone by it`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const id = await addOrganization(store, "acme");
      let recorded = 0;
      const follow = (open: 0 | 1) =>
        followRegistration(store, id, open, () => {
          recorded++;
          return Promise.resolve();
        });
      const isOpen = async () => (await findOrganization(store, "acme"))?.open_registration;
      await changeOrganization(store, id, { registration_follows: 1 }, unrecorded);
      await follow(1);
      await follow(1);
      assertEquals([await isOpen(), recorded], [1, 1]);
      await changeOrganization(store, id, { open_registration: 0, registration_follows: 0 }, unrecorded);
      await follow(1);
      assertEquals([await isOpen(), recorded], [0, 1]);
    },
  });
}
