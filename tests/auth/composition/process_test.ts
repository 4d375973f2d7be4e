import { assertEquals, assertMatch } from "@std/assert";
import { machinePaths } from "../../../shared/dev/machine_paths.ts";
import type { Plan } from "../../../shared/dev/plan.ts";
import { serviceProcesses } from "../../../shared/dev/services.ts";
import type { ServiceProcess } from "../../../shared/dev/services.ts";
import { freePort } from "../auth_process.ts";
import { BOOTSTRAP, MASTER_KEY } from "../start_auth.ts";

const root = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");

interface House extends AsyncDisposable {
  readonly folder: string;
  readonly auth: ServiceProcess;
}

/** The folders of a platform that was set up, and AC as it is started there. */
async function house(): Promise<House> {
  const folder = await Deno.makeTempDir();
  for (const name of ["auth", "global"]) await Deno.mkdir(`${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/auth/master.key`, MASTER_KEY);
  await Deno.writeTextFile(`${folder}/auth/bootstrap.json`, JSON.stringify(BOOTSTRAP));
  await Deno.writeTextFile(`${folder}/global/client.secret`, "a secret of another service");
  const plan: Plan = {
    root,
    dataDir: folder,
    port: freePort() - 1,
    host: "127.0.0.1",
    publicHost: "127.0.0.1",
    publicUrl: "http://localhost:8080",
    rtcPort: 44_400,
    shards: 1,
    sfuWorkers: 1,
    handlers: 1,
    controllers: 1,
    authControllers: 1,
  };
  const passedOn = { DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno` };
  const all = serviceProcesses(plan, await machinePaths(root, "/bin/true"), passedOn);
  const auth = all.find((process) => process.service === "auth");
  if (auth === undefined) throw new Error("there is no auth service");
  return { folder, auth, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

function run({ args }: ServiceProcess, env: Readonly<Record<string, string>>): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env },
    clearEnv: true,
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What a process that ends by itself leaves behind. */
async function outcome(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  await child.stdin.close().catch(() => {});
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("auth process › starts with its real flags and a cleared environment, serves, and ends with 0", async () => {
  await using place = await house();
  const child = run(place.auth, place.auth.env);
  const stdout = new Response(child.stdout).text();
  const lines: string[] = [];
  const listening = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      lines.push(text);
      if (lines.join("").includes('"listening"')) listening.resolve();
    }
    listening.reject(new Error(lines.join("")));
  })();
  await listening.promise;
  const ready = await fetch(place.auth.readyUrl);
  assertEquals([ready.status, await ready.json()], [200, { status: "ready" }]);
  const login = await fetch(new URL("/api/v1/auth/user/token", place.auth.readyUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: BOOTSTRAP.operator.email, password: BOOTSTRAP.operator.password }),
  });
  assertEquals(login.status, 200);
  await login.body?.cancel();
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  await reading;
  await child.stdin.close().catch(() => {});
  assertEquals(await stdout, "");
  for (const line of lines.join("").trim().split("\n")) JSON.parse(line);
  const written = lines.join("");
  for (const secret of [MASTER_KEY, BOOTSTRAP.operator.password, BOOTSTRAP.operator.email]) {
    assertEquals(written.includes(secret), false);
  }
});

Deno.test("auth process › can't reach what isn't its own", async () => {
  await using place = await house();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const probe = {
    ...place.auth,
    args: [
      ...place.auth.args.slice(0, -1),
      `${root}/tests/auth/process_probe.ts`,
      `${place.folder}/auth`,
      `${place.folder}/global`,
      `${place.folder}/global/client.secret`,
      `127.0.0.1:${listener.addr.port}`,
      "192.0.2.1:80",
    ],
  };
  Deno.env.set("DT_CLIENT_SECRET", "a secret of another service");
  const { stdout, stderr } = await outcome(run(probe, place.auth.env));
  Deno.env.delete("DT_CLIENT_SECRET");
  listener.close();
  assertEquals(stderr, "");
  const { environment, ...attempts } = JSON.parse(stdout);
  assertEquals(attempts, {
    "read own folder": "done",
    "read another's folder": "NotCapable",
    "read another's secret": "NotCapable",
    "write to another's folder": "NotCapable",
    "read the password file": "NotCapable",
    "run a program": "NotCapable",
    "listen elsewhere": "NotCapable",
    "ask the system": "NotCapable",
    [`open 127.0.0.1:${listener.addr.port}`]: "NotCapable",
    "open 192.0.2.1:80": "NotCapable",
  });
  // What the runtime itself adds says nothing about us.
  const settings = environment.filter((name: string) => name.startsWith("DT_"));
  assertEquals(settings, Object.keys(place.auth.env).filter((name) => name.startsWith("DT_")).sort());
  assertEquals(environment.includes("HOME"), false);
});

interface Refusal {
  readonly name: string;
  prepare(place: House): Promise<Record<string, string>>;
  readonly line: RegExp;
  /** What must be as it was afterwards. */
  readonly kept?: { readonly file: string; readonly content: string };
}

const damaged = "this was a database once, ".repeat(300);

const refusals: Refusal[] = [
  {
    name: "a missing master key",
    prepare({ auth }) {
      const { DT_MASTER_KEY_FILE: _, ...env } = auth.env;
      return Promise.resolve(env);
    },
    line: /^auth: DT_MASTER_KEY or DT_MASTER_KEY_FILE is not set; it must be .*\n$/,
  },
  {
    name: "a master key's file that is gone",
    async prepare({ folder, auth }) {
      await Deno.remove(`${folder}/auth/master.key`);
      return auth.env;
    },
    line: /^auth: DT_MASTER_KEY_FILE is ".*", which can't be read: .*\n$/,
  },
  {
    name: "a master key of the wrong size",
    async prepare({ folder, auth }) {
      await Deno.writeTextFile(`${folder}/auth/master.key`, "c2hvcnQ=");
      return auth.env;
    },
    line: /^auth: DT_MASTER_KEY is set, but not usable; it must be base64 of exactly 32 random bytes\n$/,
    kept: { file: "auth/master.key", content: "c2hvcnQ=" },
  },
  {
    name: "a damaged database file",
    async prepare({ folder, auth }) {
      await Deno.writeTextFile(`${folder}/auth/auth.db`, damaged);
      return auth.env;
    },
    line: /^auth: the database .*auth\.db is damaged or not a database; .*\n$/,
    kept: { file: "auth/auth.db", content: damaged },
  },
  {
    name: "a bootstrap file that is not one",
    async prepare({ folder, auth }) {
      await Deno.writeTextFile(`${folder}/auth/bootstrap.json`, '{"organisation":{}}');
      return auth.env;
    },
    line: /^auth: the bootstrap file .*bootstrap\.json is not valid: .*\n$/,
    kept: { file: "auth/bootstrap.json", content: '{"organisation":{}}' },
  },
  {
    name: "a setting that does not fit",
    prepare: ({ auth }) => Promise.resolve({ ...auth.env, DT_TOKEN_MEETING_SECONDS: "901" }),
    line: /^auth: DT_TOKEN_MEETING_SECONDS is "901"; it must be whole seconds from 1 to 900\n$/,
  },
  {
    name: "a key that would sign before others know it",
    prepare: ({ auth }) => Promise.resolve({ ...auth.env, DT_KEY_PUBLISH_AHEAD_SECONDS: "10" }),
    line: /^auth: DT_KEY_PUBLISH_AHEAD_SECONDS is "10"; it must not be less than DT_KEY_CACHE_SECONDS, .*\n$/,
  },
];

for (const { name, prepare, line, kept } of refusals) {
  Deno.test(`auth process › ${name} is one clear line, exit code 2, and nothing overwritten`, async () => {
    await using place = await house();
    const { code, stdout, stderr } = await outcome(run(place.auth, await prepare(place)));
    assertMatch(stderr, line);
    assertEquals([code, stdout], [2, ""]);
    if (kept !== undefined) {
      assertEquals(await Deno.readTextFile(`${place.folder}/${kept.file}`), kept.content);
    }
  });
}

Deno.test("auth process › a taken port is one clear line and exit code 2", async () => {
  await using place = await house();
  const port = Number(place.auth.env["DT_PORT"]);
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const { code, stderr } = await outcome(run(place.auth, { ...place.auth.env, DT_LOG_LEVEL: "error" }));
  listener.close();
  assertEquals(
    stderr,
    `auth: port ${port} on 127.0.0.1 is taken by another program: stop it, or set DT_PORT to another port\n`,
  );
  assertEquals(code, 2);
});

Deno.test("auth process › another master key than the database was made with is one clear line and exit code 2", async () => {
  await using place = await house();
  const env = { ...place.auth.env, DT_LOG_LEVEL: "error" };
  const first = run(place.auth, { ...env, DT_LOG_LEVEL: "info" });
  for await (const text of first.stderr.pipeThrough(new TextDecoderStream())) {
    if (text.includes('"listening"')) first.kill("SIGTERM");
  }
  assertEquals((await first.status).code, 0);
  await first.stdout.cancel();
  await first.stdin.close().catch(() => {});
  await Deno.writeTextFile(`${place.folder}/auth/master.key`, new Uint8Array(32).fill(7).toBase64());
  const { code, stderr } = await outcome(run(place.auth, env));
  assertMatch(
    stderr,
    /^auth: DT_MASTER_KEY is not the key that the stored signing keys are sealed with; .*\n$/,
  );
  assertEquals(code, 2);
});
