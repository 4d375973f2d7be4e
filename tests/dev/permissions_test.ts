import { assert, assertEquals } from "@std/assert";
import { machinePaths } from "../../shared/dev/machine_paths.ts";
import type { ServiceName } from "../../shared/dev/service_names.ts";
import { serviceProcesses } from "../../shared/dev/services.ts";
import { aPlan } from "./a_plan.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const WORKER = "/opt/mediasoup-worker";

/** A data folder with something in each service's part. */
async function dataFolder(): Promise<string> {
  const dataDir = await Deno.makeTempDir();
  for (const name of ["auth", "global", "meeting", "media", "live"]) {
    await Deno.mkdir(`${dataDir}/${name}`);
    await Deno.writeTextFile(`${dataDir}/${name}/client.secret`, "a secret");
  }
  return dataDir;
}

/** What the service's own flags and environment refuse, of what is attempted. */
async function refused(
  service: ServiceName,
  dataDir: string,
  attempts: readonly string[],
): Promise<string[]> {
  const plan = aPlan({ root, dataDir, handlers: 2 });
  const processes = serviceProcesses(plan, await machinePaths(root, WORKER), {});
  const process = processes.find((candidate) => candidate.service === service);
  assert(process);
  const probe = new URL("./programs/probe.ts", import.meta.url).pathname;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [...process.args.slice(0, -1), probe, ...attempts],
    clearEnv: true,
    env: { ...process.env },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

/** What each service may do; everything else that any other may do is tried too, and must be refused. */
const MAY: Record<ServiceName, (data: string) => string[]> = {
  auth: (data) => [
    `read:${data}/auth/client.secret`,
    `write:${data}/auth/new`,
    "read:/usr/bin/ldd",
    `read:${root}/auth/main.ts`,
    `read:${root}/shared/dev/services.ts`,
    "connect:127.0.0.1:8081",
    "env:HOME",
  ],
  global: (data) => [
    `read:${data}/global/client.secret`,
    `write:${data}/global/new`,
    `read:${data}/live/client.secret`,
    `write:${data}/live/new`,
    `read:${root}/global/web/dist/index.html`,
    `read:${root}/global/main.ts`,
    `read:${root}/shared/dev/services.ts`,
    "connect:127.0.0.1:8080",
    "connect:127.0.0.1:8081",
    "connect:127.0.0.1:8082",
    "connect:127.0.0.1:8083",
    "connect:127.0.0.1:8090",
    "connect:127.0.0.1:8091",
    "connect:127.0.0.1:8182",
  ],
  meeting: (data) => [
    `read:${root}/meeting/main.ts`,
    `read:${root}/shared/dev/services.ts`,
    `read:${data}/meeting/client.secret`,
    `write:${data}/meeting/new`,
    `read:${data}/live/client.secret`,
    `write:${data}/live/new`,
    "connect:127.0.0.1:8080",
    "connect:127.0.0.1:8081",
    "connect:127.0.0.1:8082",
    "connect:127.0.0.1:8083",
    "connect:127.0.0.1:8090",
    "connect:127.0.0.1:8091",
    "connect:127.0.0.1:8182",
  ],
  media: (data) => [
    `read:${data}/media/client.secret`,
    `write:${data}/media/new`,
    `read:${Deno.realPathSync(`${root}/node_modules/mediasoup`)}/package.json`,
    "connect:127.0.0.1:8080",
    "connect:127.0.0.1:8081",
    "connect:127.0.0.1:8082",
    `run:${WORKER}`,
    "env:HOME",
  ],
};

for (const service of ["auth", "global", "meeting", "media"] as const) {
  Deno.test(`permissions › ${service}'s flags let it do its work, and nothing of another's`, async () => {
    const data = await dataFolder();
    const mine = MAY[service](data);
    const others = Object.values(MAY).flatMap((attempts) => attempts(data));
    const foreign = [
      "connect:192.0.2.1:443",
      "connect:127.0.0.1:22",
      "listen:0.0.0.0:8081",
      "run:/bin/sh",
      "read:/etc/passwd",
      `read:${root}/deno.json`,
      `read:${root}/auth/main.ts`,
      "write:/tmp/dark-tower-probe",
      `write:${root}/.probe`,
      "load:/lib/x86_64-linux-gnu/libc.so.6",
      ...others,
    ];
    const forbidden = [...new Set(foreign)].filter((attempt) => !mine.includes(attempt));
    assertEquals(await refused(service, data, mine), []);
    assertEquals(await refused(service, data, forbidden), forbidden);
  });
}

Deno.test("permissions › with Redis, GC and MC may reach it at its port, and have no folder of a live store", () => {
  const DT_LIVE_STORE_URL = "redis://:secret@redis.example:6380/1";
  const plan = aPlan({ root, dataDir: "/data" });
  const paths = { workerFile: WORKER, mediasoupFolder: "/m", argon2Folders: [] };
  for (const { service, args } of serviceProcesses(plan, paths, { DT_LIVE_STORE_URL })) {
    const uses = service === "global" || service === "meeting";
    assertEquals(
      args.some((arg) => arg.startsWith("--allow-net=") && arg.includes("redis.example:6380")),
      uses,
    );
    assertEquals(args.some((arg) => arg.includes("/data/live") || arg.includes("secret")), false);
  }
});

Deno.test("permissions › what a Sentinel names may be anywhere: GC and MC get the network", () => {
  const DT_LIVE_STORE_URL = "redis+sentinel://a:26379,b:26379/tower";
  const plan = aPlan({ root, dataDir: "/data" });
  const paths = { workerFile: WORKER, mediasoupFolder: "/m", argon2Folders: [] };
  const open = serviceProcesses(plan, paths, { DT_LIVE_STORE_URL })
    .filter(({ args }) => args.includes("--allow-net")).map(({ service }) => service);
  assertEquals(open, ["global", "meeting"]);
});
