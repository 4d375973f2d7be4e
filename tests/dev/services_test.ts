import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { settingsProblem } from "../../media/self_test/settings_problem.ts";
import { mediaSettings } from "../../media/settings.ts";
import { load } from "../../shared/config/load.ts";
import { allPorts } from "../../shared/dev/plan.ts";
import { permissionFlags } from "../../shared/dev/permission_flags.ts";
import { SERVICES } from "../../shared/dev/service_names.ts";
import { serviceProcesses } from "../../shared/dev/services.ts";
import { CHECKOUT } from "../../shared/dev/standalone.ts";
import { KILL_AFTER_MS, killLastAfterMs } from "../../shared/dev/up/kill_after.ts";
import { aPlan, SOME_PATHS } from "./a_plan.ts";

function processNamed(name: string, changes = {}, passedOn = {}) {
  const found = serviceProcesses(aPlan(changes), SOME_PATHS, passedOn).find((process) =>
    process.name === name
  );
  if (found === undefined) throw new Error(`no process ${name}`);
  return found;
}

Deno.test("services › ports are the contract's", () => {
  const listing = (changes = {}) =>
    allPorts(aPlan(changes)).filter(({ transport }) => transport === "tcp").map(({ port }) => port)
      .sort((a, b) => a - b);
  assertEquals(listing(), [8080, 8081, 8082, 8083, 8090, 8091, 44400, 44401]);
  assertEquals(
    listing({ handlers: 2, controllers: 2, shards: 1, sfuWorkers: 1 }),
    [8080, 8081, 8082, 8083, 8090, 8182, 8183, 8190, 44400, 44500],
  );
});

Deno.test("services › none gets every permission, and none but media may start a program", () => {
  for (const { name, args } of serviceProcesses(aPlan({ handlers: 2, controllers: 2 }), SOME_PATHS, {})) {
    assertFalse(
      args.some((arg) =>
        ["-A", "--allow-all", "--allow-read", "--allow-write", "--allow-net", "--allow-run", "--allow-ffi"]
          .includes(arg)
      ),
      name,
    );
    const mayRun = args.filter((arg) => arg.startsWith("--allow-run"));
    assertEquals(mayRun, name.startsWith("media") ? ["--allow-run=/cache/mediasoup-worker"] : []);
  }
});

Deno.test("services › the auth controller reaches its own folder and address, and nothing else", () => {
  const { args, env } = processNamed("auth");
  assertEquals(args.filter((arg) => arg.startsWith("--allow-")), [
    "--allow-read=/data/auth,/usr/bin/ldd,/checkout/auth,/checkout/shared",
    "--allow-write=/data/auth",
    "--allow-net=127.0.0.1:8081",
    "--allow-env",
    "--allow-ffi=/checkout/node_modules/.deno/argon2",
  ]);
  assertEquals(args.at(-1), "/checkout/auth/main.ts");
  assertEquals(env.DT_ISSUER, "http://localhost:8080");
});

Deno.test("services › a service knows its own secret's file and no other's", () => {
  for (const { service, env } of serviceProcesses(aPlan(), SOME_PATHS, {})) {
    const others = SERVICES.filter((other) => other !== service).map((other) => `/data/${other}/`);
    for (const value of Object.values(env)) {
      assertFalse(others.some((folder) => value.startsWith(folder)), `${service} is given ${value}`);
    }
  }
});

Deno.test("services › the global controller reaches every controller's and handler's port", () => {
  const net = processNamed("global", { controllers: 2, handlers: 2 }).args.find((arg) =>
    arg.startsWith("--allow-net=")
  );
  for (const port of [8080, 8081, 8083, 8090, 8091, 8183, 8190, 8191, 8082, 8182]) {
    assert(net?.includes(`127.0.0.1:${port}`), `${port} in ${net}`);
  }
});

Deno.test("services › the second handler and the second controller have their own names and ports", () => {
  const media = processNamed("media-2", { handlers: 2 });
  assertEquals(media.env.DT_HANDLER_ID, "mh-2");
  assertEquals(media.env.DT_PORT, "8182");
  assertEquals(media.env.DT_RTC_PORT, "44500");
  const meeting = processNamed("meeting-2", { controllers: 2 });
  assertEquals(meeting.env.DT_CONTROLLER_ID, "mc-2");
  assertEquals(meeting.env.DT_SHARD_PORT, "8190");
});

for (const handlers of [2, 7, 9]) {
  for (const rtcPort of [44_400, 45_100, 45_900]) {
    Deno.test(`services › ${handlers} handlers with media from port ${rtcPort} on leave the pipes ports of their own`, () => {
      const changes = { handlers, rtcPort, sfuWorkers: 64 };
      const media = serviceProcesses(aPlan(changes), SOME_PATHS, {}).filter(({ service }) =>
        service === "media"
      );
      const all = new Set(media.map(({ env }) => {
        const loaded = load(mediaSettings, { env: (name) => env[name], readFile: () => "secret" });
        assert(loaded.ok, loaded.ok ? "" : loaded.message);
        assertEquals(settingsProblem(loaded.value), undefined);
        return env.DT_PIPE_PORTS ?? "";
      }));
      assertEquals(all.size, 1, "they may pipe to one another");
      const [min = 0, max = 0] = [...all].join().split("-").map(Number);
      const taken = allPorts(aPlan(changes)).filter(({ port }) => port >= min && port <= max);
      assertEquals([taken, min >= 45_000, max <= 45_999], [[], true, true]);
    });
  }
}

Deno.test("services › where no media port is in the way the pipes have the ports of a handler's own default", () => {
  const { DT_PIPE_PORTS: given, ...env } = processNamed("media").env;
  const loaded = load(mediaSettings, {
    env: (name) => Reflect.get(env, name),
    readFile: () => "secret",
  });
  assert(loaded.ok, loaded.ok ? "" : loaded.message);
  const { min, max } = loaded.value.pipePorts;
  assertEquals(given, `${min}-${max}`);
});

Deno.test("services › where the pipes' ports are set they are as they were set", () => {
  const { env } = processNamed("media", { handlers: 9 }, { DT_PIPE_PORTS: "50000-50999" });
  assertEquals(env.DT_PIPE_PORTS, "50000-50999");
});

Deno.test("services › several auth controllers share a port, and a lone one lets nobody share it", () => {
  const second = processNamed("auth-2", { authControllers: 2 });
  assertEquals([second.env.DT_PORT, second.env.DT_REUSE_PORT], ["8081", "true"]);
  assertEquals(processNamed("auth").env.DT_REUSE_PORT, "false");
});

Deno.test("services › several auth controllers share the cores' hashing threads, unless it is said how many", () => {
  const threads = (authControllers: number, passedOn = {}) =>
    processNamed("auth", { authControllers }, passedOn).env.DT_LIMIT_PASSWORD_WORKERS;
  const cores = Math.min(navigator.hardwareConcurrency, 8);
  assertEquals([threads(1), threads(2)], [undefined, String(Math.ceil(cores / 2))]);
  assertEquals([threads(64), threads(2, { DT_LIMIT_PASSWORD_WORKERS: "5" })], ["1", "5"]);
});

Deno.test("services › limits and lifetimes are handed on to the services that have them, other variables to none", () => {
  const all = {
    DT_LIMIT_LOGIN_FAILURES: "5",
    DT_TOKEN_USER_SECONDS: "60",
    DT_LIMIT_LINKS: "7",
    DT_LOG_LEVEL: "debug",
    DT_ADMIN_PASSWORD: "secret",
    DT_PORT: "1",
    PATH: "/bin",
    AWS_SECRET: "x",
  };
  const auth = processNamed("auth", {}, all).env;
  assertEquals([auth.DT_LIMIT_LOGIN_FAILURES, auth.DT_TOKEN_USER_SECONDS, auth.DT_LOG_LEVEL], [
    "5",
    "60",
    "debug",
  ]);
  assertEquals(auth.DT_PORT, "8081");
  const media = processNamed("media", {}, all).env;
  assertEquals([media.DT_LIMIT_LINKS, media.DT_LIMIT_LOGIN_FAILURES, auth.DT_LIMIT_LINKS], [
    "7",
    undefined,
    undefined,
  ]);
  for (const { env } of serviceProcesses(aPlan(), SOME_PATHS, all)) {
    assertEquals([env.PATH, env.AWS_SECRET, env.DT_ADMIN_PASSWORD], [undefined, undefined, undefined]);
  }
});

Deno.test("services › on a wildcard address they reach one another over loopback", () => {
  const { env, args, readyUrl } = processNamed("meeting", { host: "0.0.0.0", publicHost: "192.0.2.1" });
  assertEquals(env.DT_AUTH_URL, "http://127.0.0.1:8081");
  assertEquals(env.DT_PUBLIC_HOST, "192.0.2.1");
  assertEquals(readyUrl, "http://127.0.0.1:8083/ready");
  assert(
    args.some((arg) => arg.startsWith("--allow-net=0.0.0.0:8083,0.0.0.0:8090,0.0.0.0:8091,127.0.0.1:8081,")),
  );
});

Deno.test("permission flags › a comma in a path would make two of it", () => {
  assertEquals(permissionFlags({ read: ["/a b", "/c", "/c"] }), ["--allow-read=/a b,/c"]);
  assertThrows(() => permissionFlags({ read: ["/a,b", "/c"] }), RangeError, "/a,b");
});

Deno.test("services › the executables name the mediasoup that is installed", async () => {
  const root = new URL("../../", import.meta.url).pathname;
  assertEquals(
    await Deno.realPath(`${root}node_modules/mediasoup`),
    root + CHECKOUT.paths.mediasoupFolder,
  );
});

Deno.test("services › each has time to drain before `up` kills it, or ends what it signs off with", () => {
  for (const { name, service, env } of serviceProcesses(aPlan({ controllers: 2 }), SOME_PATHS, {})) {
    // A handler ends with the controllers' links, whatever time it has to move people.
    if (service === "media") continue;
    const isLast = service === "auth" || service === "global";
    const lastMs = killLastAfterMs(KILL_AFTER_MS);
    assert(Number(env.DT_DRAIN_SECONDS) * 1_000 <= (isLast ? lastMs - 1_000 : KILL_AFTER_MS - lastMs), name);
  }
});

Deno.test("services › a controller has more time to drain where another one can take its meetings", () => {
  const [one = 0, two = 0] = [1, 2].map((controllers) =>
    Number(processNamed("meeting", { controllers }).env.DT_DRAIN_SECONDS)
  );
  // A hand-over that nobody takes lasts three seconds; the last one is for storing.
  assert(one < 3 && two > 4, `${one} ${two}`);
});
