import { assertEquals, assertRejects } from "@std/assert";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { addUser, changeUser, findUsersByEmail } from "../../../auth/store/users.ts";
import { acceptInvitation, createInvitation, openInvitation } from "../../../auth/users/invitations.ts";
import { newUser } from "../../../auth/users/new_user.ts";
import { HttpError } from "../../../shared/http/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { addOrganization } from "../add_organization.ts";
import { unrecorded } from "../unrecorded.ts";

const NOW = Date.UTC(2026, 10, 1);

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name:
      `invitation on ${name} › an inviter who loses a role while the invited one's password is hashed grants it no more`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const organizationId = await addOrganization(store, "acme");
      const account = (email: string, roles: readonly string[]) =>
        newUser({ organizationId, email, displayName: "One", passwordHash: "hash", roles }, NOW);
      const inviter = account("ann@example.org", ["member", "admin"]);
      await addUser(store, inviter, unrecorded);
      const invited = {
        organizationId,
        email: undefined,
        roles: ["member", "admin"],
        createdBy: inviter.user_id,
      };
      const given = { ...invited, lifetimeSeconds: 60 };
      const { invitation } = await createInvitation(store, given, NOW, unrecorded);
      const { roles } = await openInvitation(store, invitation, "bob@example.org", NOW);
      const bob = account("bob@example.org", roles);
      await changeUser(store, inviter.user_id, { roles: JSON.stringify(["member"]) }, NOW, unrecorded);
      const refused = await assertRejects(
        () => acceptInvitation(store, invitation, bob, unrecorded),
        HttpError,
      );
      assertEquals(refused.code, "INVITATION_NOT_VALID");
      assertEquals(await findUsersByEmail(store, "bob@example.org"), []);
    },
  });
}
