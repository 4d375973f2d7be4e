import { assert, assertEquals } from "@std/assert";
import { type Plan, ports } from "../../shared/dev/plan.ts";
import type { ServiceProcess } from "../../shared/dev/services.ts";
import { type RunningChild, startChild } from "../../shared/dev/up/running_child.ts";
import { ADMIN, preparedPlan, processesOf } from "../global/support/deployment.ts";
import { createPostgresDatabase } from "../store/databases.ts";
import { post } from "./support/post.ts";

const ADA = { email: "ada@example.org", password: "a password of hers" };
const BOB = { email: "bob@example.org", password: "a password of his" };

type Engine = Readonly<Record<string, string>>;

async function processes(
  plan: Plan,
  engine: Engine,
): Promise<{ auth: ServiceProcess; global: ServiceProcess }> {
  const all = await processesOf(plan, { DT_LIMIT_PASSWORD_WORKERS: "1", ...engine });
  const [auth, global] = ["auth", "global"].map((name) => all.find((one) => one.name === name));
  assert(auth !== undefined && global !== undefined);
  return { auth, global };
}

/** AC and GC on an engine, as long as the block lasts. */
async function run(plan: Plan, engine: Engine): Promise<AsyncDisposable> {
  const { auth, global } = await processes(plan, engine);
  const children: RunningChild[] = [];
  for (const [process, port] of [[auth, ports.auth(plan)], [global, ports.global(plan)]] as const) {
    const child = startChild(process, () => {});
    children.push(child);
    let ended = false;
    child.exit.then(() => ended = true);
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.body?.cancel(), () => false);
    while (!ended && await answers() === false);
    if (ended) throw new Error((await child.exit).lines.join("\n"));
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const child of children.toReversed()) {
        child.kill("SIGTERM");
        assertEquals((await child.exit).code, 0);
      }
    },
  };
}

/** One of the operator's commands, with what it reads; answers what it wrote. */
async function command(
  process: ServiceProcess,
  name: string,
  input: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...process.args, name],
    clearEnv: true,
    // It isn't a child whose life hangs on its input.
    env: { ...process.env, DT_PARENT_PIPE: "false" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(input);
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

async function read(url: string, token: string) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("moving › from SQLite to PostgreSQL and on: meetings, codes, users, the audit trail and tokens from before", async () => {
  await using database = await createPostgresDatabase();
  const plan = await preparedPlan();
  const api = `http://127.0.0.1:${ports.global(plan)}/api/v1`;
  const signIn = async (who: typeof ADA) => await post(`${api}/auth/user/token`, who);
  const audit = async (token: string) => {
    const { status, body } = await read(`${api}/admin/audit?limit=200`, token);
    assertEquals(status, 200);
    return body.items.map(({ type, at, subject }: Record<string, unknown>) =>
      JSON.stringify([type, at, subject])
    );
  };
  let before: { ada: string; admin: string; code: string; ended: string; keys: string; audit: string[] };
  {
    await using _files = await run(plan, {});
    for (const who of [ADA, BOB]) {
      const made = await post(`${api}/auth/register`, { ...who, display_name: "Somebody" });
      assertEquals(made.status, 201);
    }
    const ada = (await signIn(ADA)).body.access_token;
    const admin = (await signIn(ADMIN)).body.access_token;
    const settings = { allow_guests: true };
    const { body: { code } } = await post(`${api}/meetings`, { display_name: "Before", settings }, ada);
    const { body: { code: ended } } = await post(`${api}/meetings`, { display_name: "Over", settings }, ada);
    const end = await fetch(`${api}/meetings/${ended}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${ada}` },
    });
    await end.body?.cancel();
    assert(end.ok);
    // GC hands its entries to AC.
    while (!(await audit(admin)).some((entry: string) => entry.includes("meeting_ended")));
    const keys = await (await fetch(`http://127.0.0.1:${ports.auth(plan)}/.well-known/jwks.json`)).text();
    before = { ada, admin, code, ended, keys, audit: await audit(admin) };
  }
  const engine = { DT_DATABASE_URL: database.url };
  const [from, to] = [await processes(plan, {}), await processes(plan, engine)];
  await command(to.auth, "import", await command(from.auth, "export"));
  await command(to.global, "import", await command(from.global, "export"));
  {
    await using _server = await run(plan, engine);
    const keys = await (await fetch(`http://127.0.0.1:${ports.auth(plan)}/.well-known/jwks.json`)).text();
    assertEquals(keys, before.keys);
    const meeting = await read(`${api}/meetings/${before.code}`, before.ada);
    assertEquals([meeting.status, meeting.body.display_name], [200, "Before"]);
    const over = await read(`${api}/meetings/${before.ended}`, before.ada);
    assertEquals([over.status, over.body.status], [200, "ended"]);
    for (const who of [ADA, BOB, ADMIN]) assertEquals((await signIn(who)).status, 200, who.email);
    assertEquals((await signIn({ ...ADA, password: "another password" })).status, 401);
    const entries = new Set(await audit(before.admin));
    assertEquals(before.audit.filter((entry) => !entries.has(entry)), []);
    // It goes on from there.
    assertEquals((await post(`${api}/meetings`, { display_name: "After" }, before.ada)).status, 201);
  }
  await Deno.remove(plan.dataDir, { recursive: true });
});

Deno.test("moving › to a fresh machine: with the kept files everybody signs in and the services are known", async () => {
  const [old, fresh] = [await preparedPlan(), await preparedPlan()];
  const clients = ["global", "meeting", "media"];
  const kept = ["auth/master.key", "auth/bootstrap.json", ...clients.map((name) => `${name}/client.secret`)];
  {
    await using _old = await run(old, {});
    const api = `http://127.0.0.1:${ports.global(old)}/api/v1`;
    assertEquals((await post(`${api}/auth/register`, { ...ADA, display_name: "Ada" })).status, 201);
  }
  const scopes = new Map([
    ["global", "service.record-audit.ac"],
    ["meeting", "service.link.mh"],
    ["media", "service.register-handler.gc"],
  ]);
  const secretOf = async (plan: Plan, client: string) =>
    (await Deno.readTextFile(`${plan.dataDir}/${client}/client.secret`)).trim();
  const newSecrets = new Map<string, string>();
  for (const client of clients) newSecrets.set(client, await secretOf(fresh, client));
  const [from, to] = [await processes(old, {}), await processes(fresh, {})];
  for (const file of kept) await Deno.copyFile(`${old.dataDir}/${file}`, `${fresh.dataDir}/${file}`);
  await command(to.auth, "import", await command(from.auth, "export"));
  await command(to.global, "import", await command(from.global, "export"));
  {
    await using _fresh = await run(fresh, {});
    const api = `http://127.0.0.1:${ports.global(fresh)}/api/v1`;
    for (const who of [ADA, ADMIN]) {
      assertEquals((await post(`${api}/auth/user/token`, who)).status, 200, who.email);
    }
    const tokenFor = async (client: string, secret: string) => {
      const answer = await fetch(`http://127.0.0.1:${ports.auth(fresh)}/api/v1/auth/service/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${client}:${secret}`)}` },
        body: new URLSearchParams({ grant_type: "client_credentials", scope: scopes.get(client) ?? "" }),
      });
      await answer.body?.cancel();
      return answer.status;
    };
    for (const client of clients) {
      assertEquals(await tokenFor(client, await secretOf(fresh, client)), 200, client);
      assertEquals(await tokenFor(client, newSecrets.get(client) ?? ""), 401, client);
    }
  }
  for (const { dataDir } of [old, fresh]) await Deno.remove(dataDir, { recursive: true });
});
