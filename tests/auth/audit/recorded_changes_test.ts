import { assertEquals, assertRejects } from "@std/assert";
import { sql } from "kysely";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { connectDatabase, openDatabase } from "../../../shared/store/mod.ts";
import type { DatabaseLocation, Store } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { commandLine } from "../operator_command.ts";
import { MASTER_KEY, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";

const PASSWORD = "a long enough password";

/** A change, by what it does; answers whether it was made. */
type Change = readonly [what: string, make: () => Promise<boolean>];

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (location: DatabaseLocation) => Promise<void>) =>
    Deno.test({
      name: `audit on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await work(database.location);
      },
    });

  test("a change and its entry are both there or neither, over HTTP and by command", async (location) => {
    await using auth = await startAuth({
      DT_KEY_FORCED_MINIMUM_AGE_SECONDS: "0",
      ...(location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}),
    });
    const own = location.kind === "postgres" ? location : { kind: "sqlite", path: auth.database } as const;
    await using store = await connectDatabase<Tables>(own, 1);
    const changes = [...await overHttp(auth), ...await byCommand(auth, location, store)];
    await refuseEntries(store, location);
    const undone: string[] = [];
    for (const [what, make] of changes) {
      const before = await contents(store);
      const isMade = await make();
      if (isMade || await contents(store) !== before) undone.push(what);
    }
    assertEquals(undone, [], "made without an entry");
    await takeEntries(store, location);
    for (const [what, make] of changes) {
      const before = await entries(store);
      assertEquals([what, await make()], [what, true]);
      assertEquals([what, await entries(store) > before], [what, true]);
    }
  });

  test("what a bootstrap file makes is not there without its entry", async (location) => {
    const folder = await Deno.makeTempDir();
    const own = location.kind === "postgres"
      ? location
      : { kind: "sqlite", path: `${folder}/auth.db` } as const;
    {
      await using store = await openDatabase<Tables>(own, migrations);
      await refuseEntries(store, location);
      const before = await contents(store);
      const env: Record<string, string> = location.kind === "postgres"
        ? { DT_DATABASE_URL: location.url }
        : {};
      await assertRejects(async () => {
        await using _ = await startAuth(env, { folder });
      });
      assertEquals(await contents(store), before);
    }
    await Deno.remove(folder, { recursive: true });
  });
}

async function overHttp(auth: RunningAuth): Promise<Change[]> {
  const operator = await auth.operatorToken();
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${operator}` },
  ) => {
    const answer = await fetch(`${auth.url}/api/v1/${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ok: answer.ok, text: await answer.text() };
  };
  const change = (what: string, ...how: Parameters<typeof ask>): Change => [
    what,
    async () => (await ask(...how)).ok,
  ];
  const ann = await auth.register("ann@example.org");
  const person = (email: string) => ({ email, password: PASSWORD, display_name: "Somebody" });
  const invite = async () => JSON.parse((await ask("POST", "admin/invitations", { roles: ["member"] })).text);
  const [invited, withdrawn] = [await invite(), await invite()];
  const { client_id } = JSON.parse(
    (await ask("POST", "admin/clients", { service_type: "recorder", scope: "service.record.mh" })).text,
  );
  const at = { authorization: `Bearer ${ann.access_token}` };
  const passwords = { current_password: PASSWORD, new_password: "another long password" };
  return [
    change("add a user", "POST", "admin/users", { ...person("bob@example.org"), roles: ["member"] }),
    change("register", "POST", "auth/register", person("carl@example.org"), {}),
    change(
      "register by an invitation",
      "POST",
      "auth/register",
      { ...person("dora@example.org"), invitation: invited.invitation },
      {},
    ),
    change("log out", "POST", "auth/user/logout", undefined, { cookie: ann.cookie }),
    change("change a password", "PUT", "auth/user/password", passwords, at),
    change("change roles", "PATCH", `admin/users/${ann.user_id}`, { roles: ["member", "admin"] }),
    change("disable a user", "PATCH", `admin/users/${ann.user_id}`, { disabled: true }),
    change("invite", "POST", "admin/invitations", { roles: ["member"] }),
    change("withdraw an invitation", "DELETE", `admin/invitations/${withdrawn.invitation_id}`),
    change("make a client", "POST", "admin/clients", { service_type: "x", scope: "service.link.mh" }),
    change("change a client", "PATCH", `admin/clients/${client_id}`, { display_name: "Another" }),
    change("disable a client", "PATCH", `admin/clients/${client_id}`, { disabled: true }),
    change("replace a secret", "POST", `admin/clients/${client_id}/rotate-secret`),
    change("remove a client", "DELETE", `admin/clients/${client_id}`),
    change("rotate keys", "POST", "auth/internal/rotate-keys"),
  ];
}

async function byCommand(
  auth: RunningAuth,
  location: DatabaseLocation,
  store: Store<Tables>,
): Promise<Change[]> {
  const run = commandLine({
    DT_DATA_DIR: auth.folder,
    DT_MASTER_KEY: MASTER_KEY,
    ...(location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}),
  });
  const change = (line: string): Change => [line, async () => (await run(...line.split(" "))).code === 0];
  const { user_id } = await auth.register("eve@example.org");
  const { user_id: disabled } = await auth.register("gus@example.org");
  await run("user", "disable", disabled);
  for (const id of ["x", "disabled"]) {
    await run("client", "create", "--type", "x", "--scope", "service.link.mh", "--id", id);
  }
  await run("client", "disable", "disabled");
  await run("invitation", "create", "--organization", "default");
  const { invitation_id } = await store.queries.selectFrom("invitations").selectAll()
    .where("created_by", "=", "system").executeTakeFirstOrThrow();
  const { kid } = await store.queries.selectFrom("signing_keys").selectAll().executeTakeFirstOrThrow();
  return [
    change("user create --organization default --email fred@example.org --name Fred"),
    change(`user roles ${user_id} --roles member,admin`),
    change(`user reset-password ${user_id}`),
    change(`user disable ${user_id}`),
    change(`user enable ${disabled}`),
    change("client create --type x --scope service.link.mh --id y"),
    change("client change x --name Another"),
    change("client rotate-secret x"),
    change("client disable x"),
    change("client enable disabled"),
    change("client delete x"),
    change("organization create --slug acme --name Acme"),
    change("organization change default --closed"),
    change("invitation create --organization default"),
    change(`invitation withdraw ${invitation_id}`),
    change("rotate-keys"),
    change(`rotate-keys --revoke ${kid}`),
  ];
}

/** From here on the trail takes no entry of a change. */
async function refuseEntries({ queries }: Store<Tables>, { kind }: DatabaseLocation): Promise<void> {
  if (kind === "sqlite") {
    await sql`CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'refused'); END`
      .execute(queries);
    return;
  }
  await sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '53100'; END $$`.execute(queries);
  await sql`CREATE TRIGGER refuse BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse()`
    .execute(queries);
}

async function takeEntries({ queries }: Store<Tables>, { kind }: DatabaseLocation): Promise<void> {
  if (kind === "sqlite") await sql`DROP TRIGGER refuse`.execute(queries);
  else await sql`DROP TRIGGER refuse ON audit`.execute(queries);
}

const TABLES = ["organizations", "users", "sessions", "invitations", "clients", "signing_keys"] as const;

async function contents({ queries }: Store<Tables>): Promise<string> {
  const rows: string[] = [];
  for (const table of TABLES) {
    const all = await queries.selectFrom(table).selectAll().execute();
    rows.push(...all.map((row) => JSON.stringify(row)).toSorted());
  }
  return rows.join("\n");
}

/** How many entries of changes there are. */
async function entries({ queries }: Store<Tables>): Promise<number> {
  const { count } = await queries.selectFrom("audit").select((on) => on.fn.countAll<number>().as("count"))
    .where("type", "not in", ["login", "token_issued", "token_refused"]).executeTakeFirstOrThrow();
  return Number(count);
}
