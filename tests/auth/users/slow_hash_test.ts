import { assertEquals } from "@std/assert";
import { changeOrganization, findOrganization } from "../../../auth/store/organizations.ts";
import { changeUser, findUsersByEmail } from "../../../auth/store/users.ts";
import { databaseKinds } from "../../store/databases.ts";
import { type SlowHashes, slowHashes } from "../slow_hashes.ts";
import { unrecorded } from "../unrecorded.ts";

const ADA = { email: "ada@example.org", password: "a long enough password", display_name: "Ada" };

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (auth: SlowHashes) => Promise<void>) =>
    Deno.test({
      name: `slow hash on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using auth = await slowHashes(database.location);
        await work(auth);
      },
    });

  test("an organisation that was closed meanwhile takes nobody", async ({ store, meanwhile, ask }) => {
    const organization = await findOrganization(store, "default");
    meanwhile(() =>
      changeOrganization(store, organization?.organization_id ?? "", { open_registration: 0 }, unrecorded)
    );
    const { status, body } = await ask("POST", "/api/v1/auth/register", ADA);
    assertEquals([status, Object(body["error"]).code], [403, "REGISTRATION_CLOSED"]);
    assertEquals(await findUsersByEmail(store, ADA.email), []);
  });
  test("an account that was disabled meanwhile keeps its password", async ({ store, meanwhile, ask }) => {
    const { body: { user_id, access_token } } = await ask("POST", "/api/v1/auth/register", ADA);
    meanwhile(async () => {
      await changeUser(store, String(user_id), { disabled: 1 }, 1, unrecorded);
    });
    const passwords = { current_password: ADA.password, new_password: "another long password" };
    const changed = await ask("PUT", "/api/v1/auth/user/password", passwords, String(access_token));
    assertEquals([changed.status, Object(changed.body["error"]).code], [401, "INVALID_CREDENTIALS"]);
    await changeUser(store, String(user_id), { disabled: 0 }, 2, unrecorded);
    const { email, password } = ADA;
    assertEquals((await ask("POST", "/api/v1/auth/user/token", { email, password })).status, 200);
  });
}
