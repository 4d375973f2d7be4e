import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type ServiceName, SERVICES } from "../../../shared/dev/service_names.ts";
import { freePorts } from "../../free_ports.ts";
import { type Supervised, superviseTask } from "../supervised.ts";

const email = "operator@example.org";
const password = "a password of the operator";

/** Where each service of a deployment on ports of its own is, as its operator would set it. */
function settingsAt(port: number, dataDir: string): Record<ServiceName, Record<string, string>> {
  const url = (offset: number) => `http://127.0.0.1:${port + offset}`;
  const page = `http://localhost:${port}`;
  const at = (service: ServiceName, offset: number) => ({
    DT_PORT: String(port + offset),
    DT_DATA_DIR: `${dataDir}/${service}`,
    DT_ISSUER: page,
  });
  const peers = { DT_AUTH_URL: url(1), DT_GLOBAL_URL: url(0), DT_PUBLIC_URL: page };
  return {
    auth: at("auth", 1),
    global: { ...at("global", 0), ...peers },
    meeting: { ...at("meeting", 3), ...peers, DT_SHARDS: "1", DT_SHARD_PORT: String(port + 10) },
    media: { ...at("media", 2), ...peers, DT_SFU_WORKERS: "1", DT_RTC_PORT: String(port + 50) },
  };
}

async function untilReady(url: string, service: Supervised): Promise<void> {
  let ended = false;
  service.exitCode.then(() => ended = true);
  for (;;) {
    if (ended) throw new Error(service.lines.join("\n"));
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
  }
}

async function post(url: string, body: unknown, token?: string): Promise<{ status: number; body: unknown }> {
  const headers = {
    "content-type": "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("tasks › four of them in a prepared folder make a deployment, and end with 0", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "dark-tower-tasks-" });
  try {
    await using prepare = superviseTask(["prepare"], {
      DT_DATA_DIR: dataDir,
      DT_ADMIN_EMAIL: email,
      DT_ADMIN_PASSWORD: password,
    });
    assertEquals(await prepare.exitCode, 0, prepare.lines.join("\n"));
    assertStringIncludes(prepare.lines.at(-1) ?? "", `prepared ${dataDir}`);

    const port = freePorts(60);
    const settings = settingsAt(port, dataDir);
    await using stack = new AsyncDisposableStack();
    const running = SERVICES.map((name) => stack.use(superviseTask([name], settings[name])));
    await Promise.all(running.map((service, index) => {
      const env = settings[SERVICES[index] ?? "auth"];
      return untilReady(`http://127.0.0.1:${env["DT_PORT"]}`, service);
    }));

    const api = `http://127.0.0.1:${port}/api/v1`;
    const login = await post(`${api}/auth/user/token`, { email, password });
    assertEquals(login.status, 200);
    const token = String(Object(login.body).access_token);
    const meeting = await post(`${api}/meetings`, { display_name: "Stand-up" }, token);
    assertEquals(meeting.status, 201);
    const ticket = await post(`${api}/meetings/${Object(meeting.body).code}/join`, {}, token);
    assertEquals(ticket.status, 200);
    assertMatch(String(Object(ticket.body).signaling_url), new RegExp(`:${port + 10}/`));
    assert(!(await Deno.readTextFile(`${dataDir}/auth/bootstrap.json`)).includes(password));

    // In the data folder AC has left the issuer that it was started with; no setting of the command names it.
    await using invitation = superviseTask(
      ["auth", "--", "invitation", "create", "--organization", "default", "--email", "ann@example.org"],
      { DT_DATA_DIR: `${dataDir}/auth` },
    );
    assertEquals(await invitation.exitCode, 0, invitation.lines.join("\n"));
    assertStringIncludes(invitation.lines.join("\n"), `http://localhost:${port}/`);

    // As a person would, from the last to the first: the others sign off with AC and GC.
    for (const service of running.toReversed()) {
      service.kill("SIGTERM");
      assertEquals(await service.exitCode, 0, service.lines.join("\n"));
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("tasks › in a folder that nobody prepared a service says what does", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "dark-tower-tasks-" });
  try {
    await using global = superviseTask(["global"], { DT_DATA_DIR: `${dataDir}/global` });
    assertEquals(await global.exitCode, 2);
    assertEquals(global.lines, [
      `global: there is no file ${dataDir}/global/client.secret: \`deno task prepare\` makes what is missing`,
    ]);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("tasks › a service's --help shows its own settings, prepare's what it does", async () => {
  await using help = superviseTask(["meeting", "--help"], {});
  assertEquals(await help.exitCode, 0);
  assert(help.lines.some((line) => line.startsWith("DT_SHARD_PORT")));
  await using prepare = superviseTask(["prepare", "--help"], {});
  assertEquals(await prepare.exitCode, 0);
  assertMatch(prepare.lines[0] ?? "", /^prepare: sets up .* master key, .* secrets and the first operator/);
});
