import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHandler, serve } from "../../shared/http/mod.ts";
import { createAuthority, issuer } from "./fixtures/authority.ts";
import { connectLink } from "./fixtures/connect_link.ts";
import { openMeeting } from "./fixtures/open_meeting.ts";
import { createRegistry } from "./fixtures/registry.ts";
import { capabilities } from "./fixtures/rtp.ts";
import { type MediaPlan, planMedia } from "./fixtures/start_media.ts";
import { until } from "./fixtures/until.ts";

function test(name: string, body: (plan: MediaPlan) => Promise<void>): void {
  Deno.test(`media handler › ${name}`, async () => {
    await using plan = await planMedia(issuer);
    await body(plan);
  });
}

const isAlive = (pid: number) => Deno.stat(`/proc/${pid}`).then(() => true, () => false);

/** The child processes of `pid`, from all of its threads. */
async function workersOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid) found.push(Number(name));
  }
  return found;
}

async function status(url: string): Promise<number> {
  try {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}

test("starts with its own flags, takes a meeting, and leaves nothing behind", async (plan) => {
  const authority = await createAuthority();
  const registry = createRegistry(50);
  const listen = (port: number, routes: Parameters<typeof createHandler>[0]["routes"]) =>
    serve({ hostname: "127.0.0.1", port, handler: createHandler({ routes }) });
  await using _auth = listen(plan.authPort, authority.routes);
  const control = `http://127.0.0.1:${plan.mediaPort}`;
  await using media = plan.spawn();
  await until(async () => await status(`${control}/health`) === 200 || undefined);
  const waiting = await fetch(`${control}/ready`);
  assertEquals(waiting.status, 503);
  assertMatch((await waiting.json()).error.message, /^not registered with the Global Controller/);
  await using _global = listen(plan.globalPort, registry.routes);
  await until(async () => await status(`${control}/ready`) === 200 || undefined);
  const [registration] = registry.registrations;
  assertEquals(registration?.endpoints, {
    control_url: control,
    link_url: `${control.replace("http", "ws")}/link`,
  });
  assertEquals(registration?.rtp_capabilities, capabilities);

  await using link = await connectLink(`${registration?.endpoints.link_url}`, await authority.sign());
  const { done, steps } = await openMeeting(link.control);
  const { send } = await done(steps.transports("ada"));
  assertEquals(send.iceCandidates[0]?.port, plan.rtcPort);
  await until(() => registry.heartbeats.find(({ load }) => load.transports === 2));
  const metrics = await (await fetch(`${control}/metrics`)).text();
  assertMatch(metrics, /^mh_workers 2$/m);
  assertMatch(metrics, /^mh_transports 2$/m);

  const workers = await workersOf(media.pid);
  assertEquals(workers.length, 2);
  Deno.kill(media.pid, "SIGTERM");
  assertEquals((await media.status).code, 0);
  await link.closed;
  assertEquals(registry.left, ["mh-1"]);
  assertEquals(await Promise.all(workers.map(isAlive)), [false, false]);
});

test("the SFU workers end when the handler is killed", async (plan) => {
  await using media = plan.spawn();
  await until(async () => (await status(`http://127.0.0.1:${plan.mediaPort}/health`)) === 200 || undefined);
  const workers = await workersOf(media.pid);
  assertEquals(workers.length, 2);
  Deno.kill(media.pid, "SIGKILL");
  await media.status;
  await until(async () => (await Promise.all(workers.map(isAlive))).every((alive) => !alive) || undefined);
});

test("a signal to the whole process group ends the handler with status 0", async (plan) => {
  await using media = plan.spawn();
  await until(async () => (await status(`http://127.0.0.1:${plan.mediaPort}/health`)) === 200 || undefined);
  for (const pid of [...await workersOf(media.pid), media.pid]) Deno.kill(pid, "SIGINT");
  assertEquals((await media.status).code, 0);
});

test("--help prints the settings", async (plan) => {
  await using media = plan.spawn({}, ["--help"]);
  assertEquals((await media.status).code, 0);
  const text = await media.stdout;
  for (const name of ["DT_RTC_PORT", "MEDIASOUP_WORKER_BIN", "DT_LIMIT_TRANSPORTS"]) {
    assert(text.includes(name));
  }
});

/** The handler exits with code 2, after one line that names the obstacle. */
async function assertRefusesToStart(
  plan: MediaPlan,
  env: Record<string, string>,
  line: RegExp,
): Promise<void> {
  await using media = plan.spawn(env);
  assertEquals((await media.status).code, 2);
  const lines = (await media.stderr).trim().split("\n").filter((text) => !text.startsWith("{"));
  assertEquals(lines.length, 1, lines.join("\n"));
  assertMatch(lines[0] ?? "", line);
}

test("a missing or broken worker program is one line", async (plan) => {
  const missing = { MEDIASOUP_WORKER_BIN: "/nowhere/mediasoup-worker" };
  await assertRefusesToStart(plan, missing, /^media: MEDIASOUP_WORKER_BIN is "\/nowhere\/mediasoup-worker"/);
  await assertRefusesToStart(plan, { MEDIASOUP_WORKER_BIN: "" }, /^media: MEDIASOUP_WORKER_BIN is not set/);
  await assertRefusesToStart(plan, { MEDIASOUP_WORKER_BIN: Deno.execPath() }, /is not a mediasoup worker/);
});

test("a taken media port is one line", async (plan) => {
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: plan.rtcPort + 1 });
  const line = new RegExp(`^media: .*port.* ${plan.rtcPort + 1}.*in use`);
  await assertRefusesToStart(plan, {}, line);
});

test("a taken control port is one line", async (plan) => {
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: plan.mediaPort });
  await assertRefusesToStart(plan, {}, new RegExp(`^media: .*${plan.mediaPort}.* is taken`));
});

test("settings that don't go together are one line, also of --self-test", async (plan) => {
  const line = /^media: DT_RTC_PORT is "65535" and DT_SFU_WORKERS is "2"; the last port would be 65536, /;
  const env = { DT_RTC_PORT: "65535", DT_SFU_WORKERS: "2" };
  await assertRefusesToStart(plan, env, line);
  const inside = { DT_PIPE_PORTS: `${plan.rtcPort + 1}-${plan.rtcPort + 20}` };
  await assertRefusesToStart(
    plan,
    inside,
    /^media: DT_PIPE_PORTS is ".*"; it must have none of the media ports/,
  );
  const again = { DT_LIMIT_CPU_PERCENT: "50", DT_LIMIT_CPU_AGAIN_PERCENT: "51" };
  await assertRefusesToStart(
    plan,
    again,
    /^media: DT_LIMIT_CPU_AGAIN_PERCENT is "51"; .* DT_LIMIT_CPU_PERCENT/,
  );
  await using test = plan.spawn(env, ["--self-test"]);
  assertEquals((await test.status).code, 2);
  assertMatch(await test.stdout, line);
});

test("--self-test says of each check whether it is well, and what to do if not", async (plan) => {
  await using well = plan.spawn({}, ["--self-test"]);
  assertEquals((await well.status).code, 0);
  const lines = (await well.stdout).trim().split("\n");
  assert(lines.includes(`ok: UDP port ${plan.rtcPort + 1} on 127.0.0.1`), lines.join("\n"));
  assert(lines.every((line) => line.startsWith("ok: ")));
  await using elsewhere = plan.spawn({ DT_PIPE_HOST: "192.0.2.1" }, ["--self-test"]);
  assertEquals((await elsewhere.status).code, 2);
  assertMatch(
    await elsewhere.stdout,
    /^PROBLEM: UDP port for pipes on 192\.0\.2\.1 can't be had.*DT_PIPE_HOST/m,
  );
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: plan.rtcPort });
  await using ill = plan.spawn({}, ["--self-test"]);
  assertEquals((await ill.status).code, 2);
  const [problem, ...others] = (await ill.stdout).split("\n").filter((line) => line.startsWith("PROBLEM"));
  assertEquals(others, []);
  assertMatch(
    problem ?? "",
    new RegExp(`^PROBLEM: TCP port ${plan.rtcPort} on 127.0.0.1 can't be had.*DT_RTC_PORT`),
  );
});
