import { assert, assertEquals } from "@std/assert";
import { runCommand } from "../../../auth/cli/run_command.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import { findOrganization } from "../../../auth/store/organizations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { addUser, changeUser } from "../../../auth/store/users.ts";
import { newUser } from "../../../auth/users/new_user.ts";
import { connectDatabase, openDatabase } from "../../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { MASTER_KEY, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";
import { unrecorded } from "../unrecorded.ts";

const SCOPE = "service.read-disabled-users.ac";

interface Place {
  readonly auth: RunningAuth;
  /** Where AC's tables are. */
  readonly location: DatabaseLocation;
  readonly env: Record<string, string>;
  /** Asks for the feed; with GC's token unless another is given. */
  feed(query: string, token?: string): Promise<{ status: number; body: Json }>;
  setDisabled(userId: string, disabled: boolean): Promise<void>;
}

type Json = Awaited<ReturnType<Response["json"]>>;

async function placeOf(auth: RunningAuth, given: DatabaseLocation): Promise<Place> {
  const own = await auth.serviceToken("global", SCOPE);
  const operator = await auth.operatorToken();
  return {
    auth,
    location: given.kind === "postgres" ? given : { kind: "sqlite", path: auth.database },
    env: {
      DT_DATA_DIR: auth.folder,
      DT_MASTER_KEY: MASTER_KEY,
      ...(given.kind === "postgres" ? { DT_DATABASE_URL: given.url } : {}),
    },
    async feed(query, token = own) {
      const answer = await fetch(`${auth.url}/api/v1/auth/internal/disabled-users${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return { status: answer.status, body: await answer.json() };
    },
    async setDisabled(userId, disabled) {
      const answer = await fetch(`${auth.url}/api/v1/admin/users/${userId}`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
        body: JSON.stringify({ disabled }),
      });
      assertEquals([answer.status, (await answer.json()).disabled], [200, disabled]);
    },
  };
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (location: DatabaseLocation) => Promise<void>) =>
    Deno.test({
      name: `disabled users on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await work(database.location);
      },
    });
  const envOf = (location: DatabaseLocation): Record<string, string> =>
    location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {};

  test("are listed from the moment of it, by whichever way, until they are enabled", async (location) => {
    await using auth = await startAuth(envOf(location));
    const { feed, setDisabled, env } = await placeOf(auth, location);
    const [ada, bob] = [await auth.register("ada@example.org"), await auth.register("bob@example.org")];
    const before = Date.now();
    const { key_ids, ...page } = (await feed("?since=0")).body;
    assertEquals(page, { items: [], next_cursor: null, changed_roles: [] });
    const { keys } = await (await fetch(`${auth.url}/.well-known/jwks.json`)).json();
    assertEquals(key_ids, keys.map(({ kid }: { kid: string }) => kid));
    await setDisabled(ada.user_id, true);
    const { items: [first] } = (await feed(`?since=${before}`)).body;
    assertEquals(first.user_id, ada.user_id);
    const at = Date.parse(first.disabled_at);
    assert(at >= before);
    assertEquals((await feed(`?since=${first.disabled_at}`)).body.items.length, 1);
    assertEquals((await feed(`?since=${at + 1}`)).body.items, []);
    await setDisabled(ada.user_id, true);
    assertEquals((await feed("?since=0")).body.items, [first]);

    const command = (verb: string) =>
      runCommand(["user", verb, bob.user_id], {
        env: (name) => env[name],
        readFile: Deno.readTextFileSync,
        now: () => at + 5_000,
      });
    assertEquals((await command("disable")).code, 0);
    const both = (await feed("?since=0")).body.items;
    assertEquals(both, [{ user_id: bob.user_id, disabled_at: new Date(at + 5_000).toISOString() }, first]);
    assertEquals((await command("enable")).code, 0);
    assertEquals((await feed("?since=0")).body.items, [first]);
    await setDisabled(ada.user_id, false);
    assertEquals((await feed("?since=0")).body.items, []);
  });

  test("come in pages, also those of one moment", async (location) => {
    await using auth = await startAuth(envOf(location));
    const place = await placeOf(auth, location);
    {
      await using store = await connectDatabase<Tables>(place.location, 1);
      const organization = await findOrganization(store, "default");
      assert(organization);
      const { organization_id: organizationId } = organization;
      for (let index = 0; index < 5; index++) {
        const [email, passwordHash] = [`p${index}@example.org`, ""];
        const user = newUser({ organizationId, email, displayName: "P", passwordHash, roles: [] }, 1);
        await addUser(store, user, unrecorded);
        const at = index === 4 ? 2_000 : 1_000;
        await changeUser(store, user.user_id, { disabled: 1 }, at, unrecorded);
      }
    }
    const seen: { user_id: string; disabled_at: string }[] = [];
    let cursor = "";
    let pages = 0;
    do {
      const { body } = await place.feed(`?since=1000&limit=2${cursor}`);
      seen.push(...body.items);
      cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
      pages++;
    } while (cursor !== "");
    assertEquals([pages, new Set(seen.map(({ user_id }) => user_id)).size, seen.length], [3, 5, 5]);
    assertEquals(seen.map(({ disabled_at }) => Date.parse(disabled_at)), [2_000, 1_000, 1_000, 1_000, 1_000]);
  });

  test("with them, on the first page, come those whose roles were changed", async (location) => {
    await using auth = await startAuth(envOf(location));
    const { feed, setDisabled } = await placeOf(auth, location);
    const [ada, bob] = [await auth.register("ada@example.org"), await auth.register("bob@example.org")];
    const before = Date.now();
    const operator = await auth.operatorToken();
    for (const roles of [["member", "admin"], ["member"]]) {
      const answer = await fetch(`${auth.url}/api/v1/admin/users/${ada.user_id}`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
        body: JSON.stringify({ roles }),
      });
      assertEquals((await answer.json()).roles, roles);
      const { changed_roles } = (await feed(`?since=${before}`)).body;
      assertEquals(changed_roles, [{ user_id: ada.user_id, roles }]);
    }
    for (const { user_id } of [ada, bob]) await setDisabled(user_id, true);
    const { next_cursor, changed_roles } = (await feed("?since=0&limit=1")).body;
    assertEquals(changed_roles.length, 1);
    assertEquals((await feed(`?since=0&limit=1&cursor=${next_cursor}`)).body.changed_roles, undefined);
    assertEquals((await feed(`?since=${Date.now() + 60_000}`)).body.changed_roles, []);
  });

  test("an AC of before learns whom it may tell", async (location) => {
    const folder = await Deno.makeTempDir();
    const own: DatabaseLocation = location.kind === "postgres"
      ? location
      : { kind: "sqlite", path: `${folder}/auth.db` };
    {
      const scope = "service.issue-meeting-token.ac service.manage-meetings.mc";
      await using store = await openDatabase<Tables>(own, migrations.slice(0, 2));
      const row = { secret_tag: new Uint8Array(32), master_key_id: "lost", created_at: 1, display_name: "" };
      await store.queries.insertInto("clients").values([
        { client_id: "gc", service_type: "global-controller", scope, disabled: 0, ...row, ...NO_PREVIOUS },
        { client_id: "mc", service_type: "m", scope: "service.link.mh", disabled: 0, ...row, ...NO_PREVIOUS },
      ]).execute();
    }
    {
      await using _auth = await startAuth(envOf(location), { folder });
    }
    await using store = await connectDatabase<Tables>(own, 1);
    const clients = await store.queries.selectFrom("clients").select(["client_id", "scope"])
      .where("client_id", "in", ["gc", "mc"]).orderBy("client_id").execute();
    assertEquals(clients, [
      {
        client_id: "gc",
        scope: `service.issue-meeting-token.ac service.manage-meetings.mc ${SCOPE} service.record-audit.ac`,
      },
      { client_id: "mc", scope: "service.link.mh" },
    ]);
    await Deno.remove(folder, { recursive: true });
  });
}

const NO_PREVIOUS = { previous_tag: null, previous_master_key_id: null, previous_until: null };

Deno.test("disabled users › are told to who has the scope alone, and to a question that makes sense", async () => {
  await using auth = await startAuth();
  const { feed } = await placeOf(auth, { kind: "sqlite", path: auth.database });
  const asked = async (query: string, token?: string) => (await feed(query, token)).status;
  assertEquals(await asked("?since=0"), 200);
  assertEquals(await asked("?since=0", await auth.serviceToken("global", "service.forward-address.ac")), 403);
  assertEquals(await asked("?since=0", await auth.serviceToken("meeting", "service.link.mh")), 401);
  assertEquals(await asked("?since=0", await auth.operatorToken()), 401);
  for (const query of ["", "?since=", "?since=yesterday", "?since=0&cursor=x", "?since=0&limit=201"]) {
    assertEquals(await asked(query), 400, query);
  }
});
