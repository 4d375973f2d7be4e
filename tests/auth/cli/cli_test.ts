import { assertEquals, assertMatch } from "@std/assert";
import { decodeProtectedHeader } from "@panva/jose";
import { runCommand } from "../../../auth/cli/run_command.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import type { TestDatabase } from "../../store/databases.ts";
import { authCommand, authFolder } from "../auth_process.ts";
import { commandLine, operatorCommand } from "../operator_command.ts";
import { basic, ISSUER, MASTER_KEY, startAuth } from "../start_auth.ts";

type Json = Awaited<ReturnType<Response["json"]>>;

interface Operator extends AsyncDisposable {
  readonly env: Record<string, string>;
  readonly folder: string;
  /** Runs a command; gives what it answers. */
  run(...args: string[]): Promise<Json>;
  /** Runs a command that is refused; gives exit code and line. */
  refused(...args: string[]): Promise<[number, string]>;
}

/** Where AC has run before. */
async function operator(database: TestDatabase): Promise<Operator> {
  const folder = await Deno.makeTempDir();
  const { location } = database;
  await makeTables(location.kind === "postgres" ? location : { kind: "sqlite", path: `${folder}/auth.db` });
  const env: Record<string, string> = {
    DT_DATA_DIR: folder,
    DT_MASTER_KEY: MASTER_KEY,
    ...(location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}),
  };
  const call = commandLine(env);
  return {
    env,
    folder,
    run: operatorCommand(env),
    async refused(...args) {
      const { code, text } = await call(...args);
      return [code, text];
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function makeTables(location: DatabaseLocation): Promise<void> {
  await (await openDatabase<Tables>(location, migrations))[Symbol.asyncDispose]();
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (place: Operator) => Promise<void>) =>
    Deno.test({
      name: `operator's commands on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using place = await operator(database);
        await work(place);
      },
    });

  test("a client is made, shown, changed, disabled and deleted; its secret works in a running AC", async (place) => {
    const made = await place.run(
      "client",
      "create",
      "--type",
      "recorder",
      "--scope",
      "service.record.mh",
      "--id",
      "rec",
    );
    assertEquals([made.client_id, made.scope, typeof made.client_secret], [
      "rec",
      "service.record.mh",
      "string",
    ]);
    await using auth = await startAuth(place.env, { folder: place.folder });
    const token = async (secret: string) => {
      const answer = await fetch(`${auth.url}/api/v1/auth/service/token`, {
        method: "POST",
        headers: { authorization: basic("rec", secret) },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });
      const { access_token } = await answer.json();
      return access_token === undefined ? answer.status : decodeProtectedHeader(access_token).typ;
    };
    assertEquals(await token(made.client_secret), "at+jwt");
    const { client_secret } = await place.run("client", "rotate-secret", "rec", "--grace", "3600");
    assertEquals((await place.run("client", "change", "rec", "--name", "Recorder")).display_name, "Recorder");
    assertEquals((await place.run("client", "show", "rec")).display_name, "Recorder");
    // A running AC learns of it within a second.
    while (await token(client_secret) !== "at+jwt");
    assertEquals(await token(made.client_secret), "at+jwt");
    assertEquals((await place.run("client", "disable", "rec")).disabled, true);
    while (await token(client_secret) !== 401);
    await place.run("client", "enable", "rec");
    const ids = (await place.run("client", "list")).map((client: Json) => client.client_id);
    assertEquals(ids.includes("rec"), true);
    await place.run("client", "delete", "rec");
    assertEquals(await place.refused("client", "show", "rec"), [2, 'auth: there is no client "rec"\n']);
  });

  test("organisations, accounts and invitations", async (place) => {
    await place.run("organization", "create", "--slug", "acme", "--name", "Acme");
    await place.run("organization", "change", "acme", "--open");
    assertEquals((await place.run("organization", "list"))[0].open_registration, true);
    const made = await place.run(
      ...["user", "create", "--organization", "acme", "--email", "Ada@example.org", "--name", "Ada"],
      ...["--roles", "member,admin"],
    );
    assertEquals([made.email, made.roles], ["ada@example.org", ["member", "admin"]]);
    await using auth = await startAuth(place.env, { folder: place.folder });
    const login = async () => {
      const body = { email: "ada@example.org", password: made.password, organization: "acme" };
      const answer = await auth.post("/api/v1/auth/user/token", body);
      await answer.body?.cancel();
      return answer.status;
    };
    assertEquals(await login(), 200);
    assertEquals((await place.run("user", "disable", "Ada@example.org")).disabled, true);
    assertEquals(await login(), 401);
    await place.run("user", "enable", made.user_id);
    const { password } = await place.run("user", "reset-password", made.user_id);
    assertEquals(await login(), 401);
    made.password = password;
    const changed = await place.run("user", "roles", made.user_id, "--roles", "member");
    assertEquals([await login(), changed.roles], [200, ["member"]]);
    const invited = await place.run("invitation", "create", "--organization", "acme");
    const { invitation } = invited;
    assertEquals(invited.link, `${ISSUER}/#invitation=${invitation}`);
    const withdrawn = await place.run("invitation", "create", "--organization", "acme");
    const open = async () => (await place.run("invitation", "list", "--organization", "acme")).length;
    assertEquals(await open(), 2);
    await place.run("invitation", "withdraw", withdrawn.invitation_id);
    assertEquals(await place.refused("invitation", "withdraw", withdrawn.invitation_id), [
      2,
      `auth: there is no invitation "${withdrawn.invitation_id}", or it was used\n`,
    ]);
    assertEquals(await open(), 1);
    const registered = await auth.post("/api/v1/auth/register", {
      email: "eve@example.org",
      password: "a long enough password",
      display_name: "Eve",
      invitation,
    });
    assertEquals(registered.status, 201);
    await registered.body?.cancel();
    const users = await place.run("user", "list", "--organization", "acme");
    assertEquals(users.length, 2);
    assertEquals(await open(), 0);
    await place.run("organization", "create", "--slug", "other", "--name", "Other");
    await place.run(
      ...["user", "create", "--organization", "other", "--email", "ada@example.org", "--name", "Ada"],
    );
    assertEquals(await place.refused("user", "disable", "ada@example.org"), [
      2,
      'auth: 2 organisations have a user "ada@example.org": say which one by their id\n',
    ]);
  });

  test("a command that changes nothing leaves nothing on record", async (place) => {
    await place.run("client", "create", "--type", "x", "--scope", "service.link.mh", "--id", "rec");
    await place.run("organization", "create", "--slug", "acme", "--name", "Acme");
    const { user_id } = await place.run(
      ...["user", "create", "--organization", "acme", "--email", "ada@example.org", "--name", "Ada"],
    );
    for (let time = 0; time < 2; time++) {
      await place.run("client", "disable", "rec");
      await place.run("user", "roles", user_id, "--roles", "member,admin");
      await place.run("user", "disable", user_id);
    }
    const { items } = await place.run("audit");
    assertEquals(items.map(({ type }: Json) => type).toSorted(), [
      "client_disabled",
      "client_registered",
      "organization_created",
      "role_changed",
      "user_created",
      "user_disabled",
    ]);
  });

  test("keys rotate, one can be revoked, and all of it is on record", async (place) => {
    const first = await place.run("rotate-keys");
    assertEquals(first.previous_kid, null);
    const second = await place.run("rotate-keys");
    // The first signs at once, its successor when everybody has it.
    assertEquals(Date.parse(first.signs_from) <= Date.now(), true);
    assertEquals(Date.parse(second.signs_from) > Date.now(), true);
    assertEquals(second.previous_kid, first.kid);
    const keys = await place.run("keys");
    assertEquals(keys.map((key: Json) => [key.kid, key.signs]), [[second.kid, false], [first.kid, true]]);
    assertEquals(await place.run("rotate-keys", "--revoke", first.kid), {
      revoked: first.kid,
      successor: second.kid,
      signs: second.kid,
    });
    const left = await place.run("keys");
    assertEquals(left.map((key: Json) => [key.kid, key.signs]), [[second.kid, true]]);
    assertEquals((await place.refused("rotate-keys", "--revoke", first.kid))[0], 2);
    const { items } = await place.run("audit");
    assertEquals(items.map((entry: Json) => `${entry.type} ${entry.subject}`), [
      `key_revoked ${first.kid}`,
      `key_rotated ${first.kid}`,
      `key_generated ${second.kid}`,
      `key_generated ${first.kid}`,
    ]);
    const page = await place.run("audit", "--limit", "2");
    const rest = await place.run("audit", "--limit", "2", "--cursor", page.next_cursor);
    assertEquals([rest.items.length, rest.next_cursor], [2, null]);
    const at = items.map((entry: Json) => Date.parse(entry.at));
    const between = async (...times: string[]) => (await place.run("audit", ...times)).items.length;
    const [newest, oldest] = [new Date(at[0]).toISOString(), new Date(at.at(-1)).toISOString()];
    assertEquals(await between("--from", oldest), 4);
    assertEquals(await between("--to", newest), at.filter((each: number) => each < at[0]).length);
    assertEquals([await between("--to", oldest), await between("--from", "2999-01-01")], [0, 0]);
    const last = await place.run("rotate-keys", "--revoke", second.kid);
    const [made] = (await place.run("audit", "--type", "key_generated", "--limit", "1")).items;
    assertEquals([last.successor, made.subject], [made.subject, (await place.run("keys"))[0].kid]);
  });
}

const mistakes: [args: string[], line: RegExp][] = [
  [["client", "create"], /^auth: --type is missing\n$/],
  [
    ["client", "create", "--type", "x", "--scope", "all"],
    /^auth: --scope is "all": is not a list of scopes .*\n$/,
  ],
  [["client", "create", "--type"], /^auth: --type needs a value\n$/],
  [["client", "list", "--nonsense", "1"], /^auth: --nonsense is not an option of: client list\n$/],
  [["client", "list", "--(", "1"], /^auth: --\( is not an option of: client list\n$/],
  [["client", "create", "--.*", "1"], /^auth: --\.\* is not an option of: client create /],
  [
    ["client", "create", "--type", "x", "--scope", "a.b.gc", "--scope", "c.d.gc"],
    /^auth: --scope is given twice\n$/,
  ],
  [["nonsense"], /^auth: there is no command "nonsense"; "help" shows all\n$/],
  [["client", "show"], /^auth: CLIENT_ID is missing\n$/],
  [["organization", "change", "default", "--name", "--closed"], /^auth: --name needs a value\n$/],
  [["client", "rotate-secret", "rec", "--grace", ""], /^auth: --grace needs a value\n$/],
  [["audit", "--limit", "all"], /^auth: --limit is "all": must be a whole number from 1 to 200\n$/],
  [
    ["audit", "--from", "yesterday"],
    /^auth: --from is "yesterday": must be a day such as 2026-11-25 or a time/,
  ],
  [["client", "rotate-secret", "rec", "--grace="], /^auth: --grace needs a value\n$/],
  [["client", "list", "all"], /^auth: "all" is too much for: client list\n$/],
  [["client", "delete", "one", "two"], /^auth: "two" is too much for: client delete CLIENT_ID\n$/],
  [["rotate-keys", "KID"], /^auth: "KID" is too much for: rotate-keys \[--revoke KID\]\n$/],
];
for (const [args, line] of mistakes) {
  Deno.test(`operator's commands › "${args.join(" ")}" is one clear line and exit code 2`, async () => {
    await using database = await (await databaseKinds())[0]?.create();
    if (database === undefined) throw new Error("there is no SQLite");
    await using place = await operator(database);
    const [code, text] = await place.refused(...args);
    assertEquals(code, 2);
    assertMatch(text, line);
  });
}

Deno.test("operator's commands › run with AC's own flags, as a table or as JSON", async () => {
  await using folder = await authFolder();
  await makeTables({ kind: "sqlite", path: `${folder.path}/auth/auth.db` });
  const { args, env, cwd } = await authCommand({ folder: folder.path });
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--", ...words],
      env,
      cwd,
      clearEnv: true,
    }).output();
    const decoder = new TextDecoder();
    return [code, decoder.decode(stdout), decoder.decode(stderr)] as const;
  };
  const [code, table, errors] = await run(
    "organization",
    "create",
    "--slug",
    "acme",
    "--name",
    "Acme",
    "--open",
  );
  assertEquals([code, errors], [0, ""]);
  assertMatch(table, /^organization_id +\S+\nslug +acme\nname +Acme\nopen_registration +true\n/);
  const [, json] = await run("organization", "list", "--json");
  assertEquals(JSON.parse(json)[0].slug, "acme");
  const elsewhere = { ...env, DT_DATABASE_URL: "postgres://postgres@127.0.0.1:9/nowhere" };
  const { code: refused, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--", "keys"],
    env: elsewhere,
    cwd,
    clearEnv: true,
  }).output();
  assertEquals(refused, 2);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^auth: this program was started without net access to "127.0.0.1:9"; .*\n$/,
  );
});

Deno.test("operator's commands › a folder without a database is not made into another deployment", async () => {
  const folder = await Deno.makeTempDir();
  const env = new Map([["DT_DATA_DIR", folder], ["DT_MASTER_KEY", MASTER_KEY]]);
  const { code, text } = await runCommand(["keys"], {
    env: (name) => env.get(name),
    readFile: Deno.readTextFileSync,
    now: Date.now,
  });
  assertEquals(code, 2);
  assertMatch(text, /^auth: there is no database .*\/auth.db: DT_DATA_DIR must name AC's folder, .*\n$/);
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test("operator's commands › another master key than the deployment's makes nothing", async () => {
  await using database = await (await databaseKinds())[0]?.create();
  if (database === undefined) throw new Error("there is no SQLite");
  await using place = await operator(database);
  await place.run("rotate-keys");
  place.env["DT_MASTER_KEY"] = btoa("another key of thirty-two bytes.");
  const [code, line] = await place.refused("client", "create", "--type", "x", "--scope", "service.link.mh");
  assertEquals(code, 2);
  assertMatch(
    line,
    /^auth: DT_MASTER_KEY is not the key that the stored signing keys are sealed with; .*\n$/,
  );
  place.env["DT_MASTER_KEY"] = MASTER_KEY;
  assertEquals([(await place.run("client", "list")).length, (await place.run("keys")).length], [0, 1]);
});
