import { assertEquals } from "@std/assert";
import { SessionSweeperActor } from "../../../auth/sessions/session_sweeper.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { endExpiredSessions, findSession } from "../../../auth/store/sessions.ts";
import { compileStatements } from "../../../auth/store/statements.ts";
import { addUser } from "../../../auth/store/users.ts";
import { newUser } from "../../../auth/users/new_user.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { addOrganization } from "../add_organization.ts";
import { unrecorded } from "../unrecorded.ts";

const NOW = Date.UTC(2030, 0, 1);

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `session sweeper on ${name} › clears away what is over and nothing else`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const { addSession } = compileStatements(store);
      const who = { email: "a@example.org", displayName: "A", passwordHash: "", roles: ["member"] };
      const user = newUser({ ...who, organizationId: await addOrganization(store, "acme") }, NOW);
      await addUser(store, user, unrecorded);
      const session = {
        user_id: user.user_id,
        secret_hash: new Uint8Array(32).fill(7),
        previous_hash: null,
        confirmed: 0,
        rotated_at: NOW - 2,
        created_at: NOW - 3,
      };
      await addSession({ ...session, session_id: "over", expires_at: NOW });
      const live = { ...session, session_id: "live", expires_at: NOW + 1 };
      await addSession(live);
      assertEquals(await endExpiredSessions(store, NOW), 1);
      assertEquals(await findSession(store, "over"), undefined);
      const { secret_hash, ...rest } = await findSession(store, "live") ?? { secret_hash: new Uint8Array() };
      assertEquals({ ...rest, secret_hash: new Uint8Array(secret_hash) }, live);
    },
  });
}

Deno.test("session sweeper › sweeps at its start and every period, also after one that failed", async () => {
  const kit = createTestKit(1);
  await using scope = kit.createScope();
  const swept: number[] = [];
  scope.spawn(SessionSweeperActor, {
    endExpired(now) {
      swept.push(now);
      return swept.length === 2 ? Promise.reject(new Error("the database is away")) : Promise.resolve(1);
    },
    periodMs: 1000,
    now: () => NOW + kit.clock.now(),
  });
  await kit.settle();
  assertEquals(swept, [NOW]);
  await kit.advance(3000);
  assertEquals(swept, [NOW, NOW + 1000, NOW + 2000, NOW + 3000]);
});
