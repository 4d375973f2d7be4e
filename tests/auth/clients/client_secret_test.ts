import { assertEquals } from "@std/assert";
import { tagOf } from "../../../auth/clients/client_secret.ts";
import { createClient, rotateSecret } from "../../../auth/clients/manage_clients.ts";
import { createKeyring } from "../../../auth/keys/keyring.ts";
import { changeSecret, findClient } from "../../../auth/store/clients.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { unrecorded } from "../unrecorded.ts";

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `client secret on ${name} › one that was replaced is not revived by moving it to a new master key`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const keyring = await createKeyring({ current: new Uint8Array(32).fill(1) });
      const parts = { store, keyring, now: Date.now };
      const made = await createClient(parts, {
        serviceType: "x",
        scope: "service.link.mh",
        displayName: "X",
      }, unrecorded);
      if (made === undefined) throw new Error("there is such a client");
      const { client, secret } = made;
      await rotateSecret(parts, client.client_id, 0, unrecorded);
      const rotated = await findClient(store, client.client_id);
      const next = await createKeyring({ current: new Uint8Array(32).fill(2) });
      // With the row as it was read before.
      await changeSecret(store, client, tagOf(next, secret));
      assertEquals(await findClient(store, client.client_id), rotated);
      if (rotated === undefined) throw new Error("the client is gone");
      await changeSecret(store, rotated, tagOf(next, secret));
      assertEquals((await findClient(store, client.client_id))?.master_key_id, next.current.id);
    },
  });
}
