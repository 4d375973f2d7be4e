import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ServiceProcess } from "../../shared/dev/services.ts";
import { runServices } from "../../shared/dev/up/run_services.ts";
import { smallService, superviseServices, untilSilent } from "./supervised.ts";

async function logFolder(): Promise<string> {
  return await Deno.makeTempDir({ prefix: "dark-tower-test-" });
}

Deno.test("run services › says when each and then all are ready, and writes their log files", async () => {
  const folder = await logFolder();
  const services = [smallService("one"), smallService("two")];
  await using up = superviseServices(services, folder);
  await up.line("all ready");
  assert(up.lines.some((line) => line.startsWith("one: ready")));
  assert(up.lines.some((line) => line.startsWith("two: ready")));
  assertStringIncludes(await Deno.readTextFile(`${folder}/one.log`), "small: listening");
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});

Deno.test("run services › a service gets its own environment and nothing of its parent's", async () => {
  const service = smallService("one");
  await using up = superviseServices([service], await logFolder(), { DT_SECRET_OF_ANOTHER: "shh" });
  await up.line("all ready");
  const response = await fetch(service.readyUrl.replace("/ready", "/environment"));
  // Deno puts the search path of its Node shim into its own environment.
  const { PATH: _path, DENO_NODE_SHIM_ACTIVE: _shim, ...environment } = await response.json();
  assertEquals(environment, service.env);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`run services › ${signal} ends every service with exit code 0`, async () => {
    const services = [smallService("one"), smallService("two")];
    await using up = superviseServices(services, await logFolder());
    await up.line("all ready");
    up.kill(signal);
    assertEquals(await up.exitCode, 0);
    for (const { readyUrl } of services) await untilSilent(readyUrl);
  });
}

Deno.test("run services › the global controller is there until the others have signed off", async () => {
  const folder = await logFolder();
  const global: ServiceProcess = { ...smallService("global"), service: "global" };
  const media = smallService("media");
  const args = media.args.map((arg) =>
    arg.startsWith("--allow-net=") ? `${arg},${new URL(global.readyUrl).host}` : arg
  );
  const env = { ...media.env, DT_PEER: global.readyUrl };
  await using up = superviseServices([global, { ...media, service: "media", args, env }], folder);
  await up.line("all ready");
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
  assertStringIncludes(await Deno.readTextFile(`${folder}/media.log`), "the peer said ready");
});

Deno.test("run services › one that ignores SIGTERM is killed", async () => {
  const service = smallService("stubborn", "ignore SIGTERM");
  await using up = superviseServices([service], await logFolder());
  await up.line("all ready");
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
  await untilSilent(service.readyUrl);
});

Deno.test("run services › one that dies is named with its last lines and started again", async () => {
  const service = smallService("one");
  await using up = superviseServices([service, smallService("two")], await logFolder());
  await up.line("all ready");
  await fetch(service.readyUrl.replace("/ready", "/crash")).then((answer) => answer.body?.cancel(), () => {});
  assertStringIncludes(await up.line("one: ended"), "with code 9");
  await up.line("  | small: told to crash");
  await up.line("one: starting again");
  await up.line("one: ready", 2);
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});

Deno.test("run services › one that hangs is killed and started again", async () => {
  const service = smallService("one");
  await using up = superviseServices([service, smallService("two")], await logFolder());
  await up.line("all ready");
  const pid = await (await fetch(service.readyUrl.replace("/ready", "/pid"))).text();
  Deno.kill(Number(pid), "SIGSTOP");
  await up.line("one: does not answer any more");
  assertStringIncludes(await up.line("one: ended"), "by SIGKILL");
  await up.line("one: starting again");
  await up.line("one: ready", 2);
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
  assert(!up.lines.some((line) => line.startsWith("two: does not answer")));
});

Deno.test("run services › one that is alive is not killed, however long it takes to say whether it is ready", async () => {
  const service = smallService("one", "ready once");
  await using up = superviseServices([service], await logFolder());
  await up.line("all ready");
  const asked = async () => Number(await (await fetch(service.readyUrl.replace("/ready", "/asked"))).text());
  // One that misses five is killed.
  while (await asked() < 7);
  assert(!up.lines.some((line) => line.includes("does not answer")));
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});

Deno.test("run services › one that crashes at its start ends all with exit code 1", async () => {
  const healthy = smallService("one");
  await using up = superviseServices(
    [healthy, smallService("two", "crash at start")],
    await logFolder(),
  );
  assertEquals(await up.exitCode, 1);
  assert(up.lines.includes("  | small: something broke"));
  assert(up.lines.includes("two: could not start"));
  await untilSilent(healthy.readyUrl);
});

Deno.test("run services › one that refuses its settings is quoted and ends all with exit code 2", async () => {
  await using up = superviseServices([smallService("one"), smallService("two", "refuse")], await logFolder());
  assertEquals(await up.exitCode, 2);
  assert(up.lines.includes('small: DT_THING is "x"; it must be y'));
});

Deno.test("run services › one that is not ready in time ends all, and it is said where to look", async () => {
  const told: string[] = [];
  const folder = await logFolder();
  const code = await runServices([smallService("one")], {
    stop: new AbortController().signal,
    logFolder: folder,
    verbose: false,
    say() {},
    complain: (line) => void told.push(line),
    onReady: () => Promise.resolve(),
    startMs: 0,
    killAfterMs: 500,
    answerMs: 500,
  });
  assertEquals([code, told], [1, [
    "one: not ready after 0.0 s: it does not answer yet",
    `up: start again, or look into ${folder}`,
  ]]);
});

Deno.test("run services › services notice that their parent was killed", async () => {
  const service = smallService("one");
  await using up = superviseServices([service], await logFolder());
  await up.line("all ready");
  up.kill("SIGKILL");
  await up.exitCode;
  await untilSilent(service.readyUrl);
});

Deno.test("run services › one that doesn't stay alive is tried again ever more slowly, and the others go on", async () => {
  const folder = await logFolder();
  const mark = `${folder}/mark`;
  const [healthy, broken] = [smallService("one"), smallService("two")];
  const env = { ...broken.env, DT_MARK: mark };
  const args = broken.args.map((arg) => arg === "--no-prompt" ? `--allow-read=${mark}` : arg);
  await using up = superviseServices([healthy, { ...broken, args, env }], folder, { DT_HURRY: "" });
  await up.line("all ready");
  await Deno.writeTextFile(mark, "");
  await fetch(broken.readyUrl.replace("/ready", "/crash")).then((answer) => answer.body?.cancel(), () => {});
  assertStringIncludes(await up.line("after 4 quick deaths in a row"), "two: starting again in 1.6 s");
  assertStringIncludes(await up.line("after 9 quick deaths in a row"), "two: starting again in 51 s");
  // From the tenth on it is a minute, for ever.
  for (const deaths of [10, 12]) {
    const told = await up.line(`after ${deaths} quick deaths in a row`);
    assertStringIncludes(told, "two: starting again in 1 min 0 s");
  }
  assertEquals(await (await fetch(healthy.readyUrl)).text(), "ready");
  await Deno.remove(mark);
  await up.line("two: ready", 2);
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});
