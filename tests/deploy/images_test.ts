import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { LOADED_MODULES } from "../../shared/dev/loaded_modules.ts";
import { type ServiceName, SERVICES } from "../../shared/dev/service_names.ts";
import { ALLOCATORS } from "../../shared/dev/service_environment.ts";
import { entryPoint, LOADED_EARLY } from "../../shared/dev/services.ts";
import { settingNames } from "../../shared/dev/tasks/own_settings.ts";
import { workerFile } from "../../shared/dev/setup/mediasoup_worker.ts";
import type { Supervised } from "../dev/supervised.ts";
import { freePorts } from "../free_ports.ts";
import { createPostgresDatabase } from "../store/databases.ts";
import { startRedis } from "../store/live/redis_server.ts";
import { compose } from "./support/compose.ts";
import { dockerfile, type Image, makeImage } from "./support/image.ts";
import { post } from "./support/post.ts";
import { makeSecrets, mountSecrets } from "./support/secrets.ts";

const checkout = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
/** What starts the service, and asks whether it is well. */
const OF_THE_IMAGE = ["shared/dev/image/start.ts", "shared/dev/image/healthy.ts", LOADED_EARLY];

/** Variables that every container has, and no service is to see. */
const FOREIGN = { KUBERNETES_SERVICE_HOST: "192.0.2.1", DT_ADMIN_PASSWORD: "of somebody else", "a.b": "c" };

/** What `compose.yaml` gives each container, with other addresses and ports: here all are on one machine. */
async function settings(port: number): Promise<Record<ServiceName, Record<string, string>>> {
  const { services } = await compose({ PUBLIC_HOST: "tower.test", PUBLIC_ADDRESS: "127.0.0.1" });
  const moved = new Map([["auth:8081", 1], ["global:8080", 0], ["media:8082", 2], ["meeting:8083", 3]]);
  const given = (service: ServiceName, own: Record<string, string>) => {
    const env = Object.entries(services[service]?.environment ?? {}).map(([name, value]) => {
      const offset = moved.get(value.replace("http://", ""));
      return [name, offset === undefined ? value : `http://127.0.0.1:${port + offset}`];
    });
    return { ...FOREIGN, ...Object.fromEntries(env), ...own };
  };
  return {
    auth: given("auth", { DT_PORT: String(port + 1) }),
    global: given("global", { DT_PORT: String(port) }),
    meeting: given("meeting", { DT_PORT: String(port + 3), DT_SHARD_PORT: String(port + 10) }),
    media: given("media", { DT_PORT: String(port + 2), DT_RTC_PORT: String(port + 50) }),
  };
}

async function untilReady(port: string | undefined, service: Supervised): Promise<void> {
  let ended = false;
  service.exitCode.then(() => ended = true);
  for (;;) {
    if (ended) throw new Error(service.lines.join("\n"));
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
  }
}

const variablesOf = (pid: number) =>
  Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0").filter((line) => line !== "");

Deno.test("images › as their user on a read-only root, with what compose.yaml gives them, the four are a deployment", async () => {
  await using database = await createPostgresDatabase();
  await using redis = await startRedis();
  await using stack = new AsyncDisposableStack();
  const secrets = await makeSecrets();
  stack.defer(() => secrets.remove());
  await secrets.write("database.url", database.url);
  await secrets.write("live_store.url", redis.url);
  const port = freePorts(60);
  const env = await settings(port);
  const worker = await workerFile(checkout);
  const images = new Map<ServiceName, Image>();
  const running: Supervised[] = [];
  for (const service of SERVICES) {
    const image = stack.use(await makeImage(service, worker));
    images.set(service, image);
    const names = Object.values(env[service]).filter((value) => value.startsWith("/run/secrets/"))
      .map((value) => value.slice("/run/secrets/".length));
    await mountSecrets(secrets.folder, names, image.secrets);
    running.push(stack.use(image.start(env[service])));
  }
  for (const [index, service] of SERVICES.entries()) {
    const process = running[index];
    const image = images.get(service);
    assert(process !== undefined && image !== undefined);
    await untilReady(env[service]["DT_PORT"], process);
    const status = await Deno.readTextFile(`/proc/${process.pid}/status`);
    assertMatch(status, /^Uid:\s+10001\s/m);
    // It has become the service: nothing stands between it and the container's signals.
    assertMatch(
      await Deno.readTextFile(`/proc/${process.pid}/cmdline`),
      new RegExp(`\\0${service}/main\\.ts\\0$`),
    );
    const known = [...settingNames(service), ...settingNames(service).map((name) => `${name}_FILE`)];
    const foreign = variablesOf(process.pid).filter((line) => !known.includes(line.split("=")[0] ?? ""));
    assertEquals(
      foreign.toSorted(),
      [
        ...["DENO_DIR=/deno", "DENO_NO_UPDATE_CHECK=1", "NO_COLOR=1"],
        ...Object.entries(ALLOCATORS).map(([name, value]) => `${name}=${value}`),
      ].toSorted(),
    );
    assert(await image.isHealthy(env[service]), service);
  }
  const api = `http://127.0.0.1:${port}/api/v1`;
  const { operator } = JSON.parse(await Deno.readTextFile(`${secrets.folder}/bootstrap.json`));
  const { email, password } = operator;
  const login = await post(`${api}/auth/user/token`, { email, password });
  assertEquals(login.status, 200);
  const meeting = await post(`${api}/meetings`, { display_name: "In images" }, login.body.access_token);
  assertEquals(meeting.status, 201);
  // MH and MC may still be on their way to GC.
  for (;;) {
    const ticket = await post(`${api}/meetings/${meeting.body.code}/join`, {}, login.body.access_token);
    if (ticket.status === 503) continue;
    assertEquals(ticket.status, 200);
    assertMatch(ticket.body.signaling_url, /^wss:\/\/tower\.test\/shards\/mc-1\/[01]\/signaling$/);
    break;
  }
  assertMatch(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /<html/);
  const auth = images.get("auth");
  assert(auth !== undefined);
  const command = stack.use(auth.start(env.auth, ["user", "list", "--organization", "default"]));
  assertEquals(await command.exitCode, 0, command.lines.join("\n"));
  assert(command.lines.some((line) => line.includes(email)), command.lines.join("\n"));
  for (const process of running.toReversed()) {
    process.kill("SIGTERM");
    assertEquals(await process.exitCode, 0, process.lines.join("\n"));
  }
  for (const service of SERVICES) assertFalse(await images.get(service)?.isHealthy(env[service]), service);
});

Deno.test("images › each holds its service's modules and packages, and no other's", async () => {
  const packagesOfOthers = [
    "playwright-core",
    "puppeteer-core",
    "oidc-provider",
    "fast-check",
    "preact",
    "xstate",
  ];
  const stages = await dockerfile();
  for (const service of SERVICES) {
    await using image = await makeImage(service, await workerFile(checkout));
    const folders = [...Deno.readDirSync(`${image.root}/app`)].filter(({ isDirectory }) => isDirectory);
    assertEquals(folders.map(({ name }) => name).toSorted(), ["node_modules", service, "shared"].toSorted());
    const packages = [...Deno.readDirSync(`${image.root}/app/node_modules/.deno`)].map(({ name }) => name);
    const isOf = (name: string) => packages.some((one) => one.startsWith(`${name}@`));
    assertEquals(packagesOfOthers.filter(isOf), [], service);
    assertEquals([isOf("mediasoup"), isOf("@node-rs+argon2")], [service === "media", service === "auth"]);
    const stage = stages.get(service);
    assertEquals(stage?.copies.some(({ from }) => from === "worker"), service === "media");
    const cached = stage?.run.find((line) => line.startsWith("deno cache "))?.split(" ") ?? [];
    assertEquals(cached.slice(3), [entryPoint(service), ...LOADED_MODULES[service], ...OF_THE_IMAGE]);
  }
});

Deno.test("images › an entry that the settings can't start says why and ends with 2", async () => {
  await using image = await makeImage("auth");
  await using refused = image.start({});
  assertEquals(await refused.exitCode, 2);
  assertEquals(refused.lines, [
    "auth: DT_MASTER_KEY or DT_MASTER_KEY_FILE is not set; it must be a text that is not empty",
  ]);
});
