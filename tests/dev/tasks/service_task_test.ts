import { assert, assertEquals, assertThrows } from "@std/assert";
import { definition as auth } from "../../../auth/settings.ts";
import { globalSettings } from "../../../global/settings.ts";
import { describeHandler } from "../../../media/registration/describe_handler.ts";
import { mediaSettings } from "../../../media/settings.ts";
import { definition as meeting } from "../../../meeting/settings.ts";
import { load } from "../../../shared/config/mod.ts";
import { type ServiceName, SERVICES } from "../../../shared/dev/service_names.ts";
import { serviceProcesses } from "../../../shared/dev/services.ts";
import { unusableSetting } from "../../../shared/dev/own_permissions.ts";
import { settingNames } from "../../../shared/dev/tasks/own_settings.ts";
import { serviceTask } from "../../../shared/dev/tasks/service_task.ts";
import { aPlan, SOME_PATHS } from "../a_plan.ts";
import { superviseProgram, superviseTask } from "../supervised.ts";

const START = ["run", "--quiet", "--allow-read", "--allow-env", "shared/dev/image/start.ts"];
const taskOf = (service: ServiceName, env: Record<string, string> = {}) =>
  serviceTask(
    service,
    aPlan(),
    SOME_PATHS,
    env,
    (path) => `postgres://ac@${path.slice(1)}.internal:5433/ac\n`,
  );
const flag = (args: readonly string[], name: string) =>
  args.find((arg) => arg === name || arg.startsWith(`${name}=`));

const definitions = { auth, global: globalSettings, meeting, media: mediaSettings };

for (const service of SERVICES) {
  Deno.test(`task ${service} › hands on every setting that the service has, and no other`, () => {
    const names = Object.values(definitions[service].fields).map(({ name }) => name);
    assertEquals([...new Set(settingNames(service))].toSorted(), names.toSorted());
  });

  Deno.test(`task ${service} › knows by default what it would know under up`, () => {
    const process = serviceProcesses(aPlan(), SOME_PATHS, {}).find((other) => other.service === service);
    assertEquals(taskOf(service).env, process?.env);
    assertEquals(taskOf(service).readyUrl, process?.readyUrl);
  });
}

for (
  const [host, asked] of [
    ["0.0.0.0", "127.0.0.1"],
    ["::", "127.0.0.1"],
    ["::1", "[::1]"],
    ["10.0.0.7", "10.0.0.7"],
  ]
) {
  Deno.test(`tasks › a service that listens on ${host} is asked at ${asked}`, () => {
    assertEquals(taskOf("auth", { DT_HOST: host ?? "" }).readyUrl, `http://${asked}:8081/ready`);
  });
}

Deno.test("tasks › a misspelt setting is told, by the task and in an image", async () => {
  // The last one is refused, which ends both at once; GC's own is no slip.
  const given = { DT_METRICS_TOKN: "x", DT_METRICS_TOKEN_FILE: "/a", DT_TURN_SECRET_FILE: "/b" };
  const env = { ...given, DT_DATA_DIR: "/srv/a,b" };
  await using task = superviseTask(["media"], env);
  await using image = superviseProgram([...START, "media"], env);
  for (const program of [task, image]) {
    assertEquals([await program.exitCode, program.lines], [2, [
      "media: DT_METRICS_TOKN is no setting of media; did you mean DT_METRICS_TOKEN?",
      'media: DT_DATA_DIR is "/srv/a,b"; it must have no comma',
    ]]);
  }
});

Deno.test("tasks › a service may use the folders that its settings name, and no default any more", () => {
  const { args, env } = taskOf("global", {
    DT_DATA_DIR: "/srv/gc",
    DT_LIVE_STORE: "/srv/shared/live.db",
    DT_TLS_KEY_FILE: "/etc/keys/page.pem",
    AWS_SECRET: "x",
  });
  assertEquals(
    flag(args, "--allow-read"),
    "--allow-read=/srv/gc,/srv/shared,/checkout/global/web/dist,/checkout/global,/checkout/shared,/etc/keys/page.pem",
  );
  assertEquals(flag(args, "--allow-write"), "--allow-write=/srv/gc,/srv/shared");
  assertEquals([env.DT_CLIENT_SECRET_FILE, env.AWS_SECRET], ["/srv/gc/client.secret", undefined]);
});

Deno.test("tasks › a setting that no permission can name is refused in one line, by the task and in an image", async () => {
  const refused: [ServiceName, string, string][] = [
    ["global", "DT_DATA_DIR", "/srv/a,b"],
    ["auth", "DT_MASTER_KEY_FILE", "keys/one,two"],
  ];
  for (const [service, name, value] of refused) {
    await using task = superviseTask([service], { [name]: value });
    await using image = superviseProgram([...START, service], { [name]: value });
    for (const program of [task, image]) {
      assertEquals([await program.exitCode, program.lines], [2, [
        `${service}: ${name} is "${value}"; it must have no comma`,
      ]]);
    }
  }
  const named: [ServiceName, string[]][] = [
    ["auth", ["DT_DATA_DIR", "DT_HOST", "DT_MASTER_KEY_FILE"]],
    ["global", ["DT_DATA_DIR", "DT_LIVE_STORE", "DT_TLS_KEY_FILE", "DT_WEB_DIR"]],
  ];
  for (const [service, names] of named) {
    for (const name of names) {
      assertThrows(() => taskOf(service, { [name]: "a,b/c" }), RangeError);
      assertEquals(unusableSetting({ [name]: "a,b/c" }), `${name} is "a,b/c"; it must have no comma`);
    }
  }
  assertEquals(
    unusableSetting({ DT_ALLOWED_ORIGINS: "c,d", DT_DATABASE_URL: "postgres://a,b/c" }),
    undefined,
  );
});

Deno.test("tasks › AC listens where its settings say, and reaches its database and nothing else", () => {
  const { args } = taskOf("auth", { DT_PORT: "9001", DT_DATABASE_URL: "postgres://ac@db.internal/ac" });
  assertEquals(flag(args, "--allow-net"), "--allow-net=127.0.0.1:9001,db.internal:5432");
  const { args: several } = taskOf("auth", { DT_DATABASE_URL: "postgres://ac:s@one:7,two.internal/ac" });
  assertEquals(flag(several, "--allow-net"), "--allow-net=127.0.0.1:8081,one:7,two.internal:5432");
  const { args: byFile } = taskOf("auth", { DT_DATABASE_URL_FILE: "/secret" });
  assertEquals(flag(byFile, "--allow-net"), "--allow-net=127.0.0.1:8081,secret.internal:5433");
});

Deno.test("tasks › with the live store in Redis there is no folder of a live store", () => {
  const { args } = taskOf("meeting", { DT_LIVE_STORE_URL: "redis://live.internal" });
  assertEquals(flag(args, "--allow-write"), "--allow-write=/data/meeting");
});

Deno.test("tasks › a secret that is given itself is not looked for in a file", () => {
  const { env, files } = taskOf("auth", { DT_MASTER_KEY: "a key" });
  assertEquals([env.DT_MASTER_KEY, env.DT_MASTER_KEY_FILE], ["a key", undefined]);
  assertEquals(files, ["/data/auth/bootstrap.json"]);
});

Deno.test("tasks › a command is told no issuer but the environment's; a service that serves has the plan's", () => {
  const issuerOf = (env: Record<string, string>, options?: { serves: boolean }) =>
    serviceTask("auth", aPlan(), SOME_PATHS, env, () => "", options).env.DT_ISSUER;
  assertEquals([issuerOf({}), issuerOf({}, { serves: true })], [aPlan().publicUrl, aPlan().publicUrl]);
  assertEquals(issuerOf({}, { serves: false }), undefined);
  const named = "https://meet.example.org";
  assertEquals(issuerOf({ DT_ISSUER: named }, { serves: false }), named);
});

Deno.test("tasks › the media handler may start its worker alone", () => {
  const { args } = taskOf("media");
  assertEquals(flag(args, "--allow-run"), "--allow-run=/cache/mediasoup-worker");
  assertEquals(SERVICES.filter((name) => flag(taskOf(name).args, "--allow-run")), ["media"]);
});

Deno.test("tasks › the media handler registers the address that it listens on, or the one that it is told", () => {
  const controlUrl = (given: Record<string, string>) => {
    const { env } = taskOf("media", given);
    const loaded = load(mediaSettings, { env: (name) => env[name], readFile: () => "a secret" });
    return loaded.ok ? describeHandler(loaded.value, "i-1").endpoints.control_url : loaded.message;
  };
  assertEquals(controlUrl({}), "http://127.0.0.1:8082");
  assertEquals(controlUrl({ DT_HOST: "10.0.0.7", DT_PORT: "9082" }), "http://10.0.0.7:9082");
  assertEquals(controlUrl({ DT_HOST: "0.0.0.0", DT_PORT: "9082" }), "http://127.0.0.1:9082");
  assertEquals(
    controlUrl({ DT_PORT: "9082", DT_CONTROL_URL: "http://mh.internal:1" }),
    "http://mh.internal:1",
  );
});

Deno.test("tasks › each has a description", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)));
  assert(Object.keys(tasks).length > 10);
  for (const [name, task] of Object.entries(tasks)) {
    assert(String(Object(task).description).length > 10, name);
  }
});
