import { assert, assertEquals, assertMatch } from "@std/assert";
import { isFolderHeld } from "../../shared/service/held_folder.ts";
import { openLiveStore } from "../../shared/store/live/mod.ts";

function run(
  env: Record<string, string>,
  args: string[] = [],
  fixture = "example_program.ts",
  permissions: readonly string[] = ["--allow-read"],
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--cached-only",
      "--allow-env",
      `--preload=${new URL("../../shared/service/listen_early.ts", import.meta.url).pathname}`,
      ...permissions,
      new URL(`./${fixture}`, import.meta.url).pathname,
      ...args,
    ],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the line `started`, calls `whenStarted`, and answers the process's output and exit code. */
async function outcome(child: Deno.ChildProcess, whenStarted?: () => void | Promise<void>) {
  let stdout = "";
  const errors = new Response(child.stderr).text();
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (stdout.endsWith("started\n")) await whenStarted?.();
  }
  const status = await child.status;
  await child.stdin.close().catch(() => {});
  return { stdout, stderr: await errors, code: status.code };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`program › ${signal} takes everything down and exits with 0`, async () => {
    const child = run({});
    const { stdout, code } = await outcome(child, () => child.kill(signal));
    assertEquals([stdout, code], ["started\ntaken down, stopping true\n", 0]);
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`program › ${signal} while its modules are loaded ends it with 0, and a command by the signal`, async () => {
    const service = run({}, [], "loading_program.ts");
    assertEquals((await outcome(service, () => service.kill(signal))).code, 0);
    const command = run({}, ["user", "create"], "loading_program.ts");
    assertEquals((await outcome(command, () => command.kill(signal))).code, signal === "SIGTERM" ? 143 : 130);
  });
}

Deno.test("program › the end of standard input stops it when its parent says so", async () => {
  const child = run({ DT_PARENT_PIPE: "1" });
  const { stdout, code } = await outcome(child, () => child.stdin.close());
  assertEquals([stdout, code], ["started\ntaken down, stopping true\n", 0]);
});

Deno.test("program › holds its data folder for as long as it runs, when it has a parent", async () => {
  const DT_DATA_DIR = await Deno.makeTempDir();
  const env = { DT_DATA_DIR, DT_PARENT_PIPE: "1" };
  const child = run(env, [], "example_program.ts", ["--allow-read", `--allow-write=${DT_DATA_DIR}`]);
  const held: boolean[] = [];
  await outcome(child, async () => {
    held.push(await isFolderHeld(DT_DATA_DIR));
    await child.stdin.close();
  });
  assertEquals([...held, await isFolderHeld(DT_DATA_DIR)], [true, false]);
});

Deno.test("program › a start that can't be finished while it is taken down is none that failed", async () => {
  const child = run({ DT_ACT: "refuse late" });
  const { stdout, stderr, code } = await outcome(child, () => child.kill("SIGTERM"));
  assertEquals([stdout, code], ["started\ntaken down, stopping true\n", 0]);
  assert(!stderr.includes("went away"), stderr);
});

Deno.test("program › an unexpected error while it is taken down is logged, too", async () => {
  const child = run({ DT_ACT: "lose late" });
  const { stdout, stderr, code } = await outcome(child, () => child.kill("SIGTERM"));
  assertEquals([stdout, code], ["started\ntaken down, stopping true\n", 0]);
  assertMatch(stderr, /"level":"error".*lost while stopping/);
});

Deno.test("program › it ends after the drain time, even if a resource does not", async () => {
  const child = run({ DT_ACT: "hang", DT_DRAIN_SECONDS: "0" });
  const { stderr, code } = await outcome(child, () => child.kill("SIGTERM"));
  assertMatch(stderr, /not everything was finished within the drain time/);
  assertEquals(code, 0);
});

const halves = {
  "a body": "POST /read HTTP/1.1\\nHost: a\\nContent-Length: 100\\n\\nhalf",
  "its headers": "POST /read HTTP/1.1\\nHost: a\\n",
};
for (const [what, DT_HALF] of Object.entries(halves)) {
  Deno.test(`program › a client that has sent the half of ${what} keeps no actor from its end`, async () => {
    const child = run({ DT_HALF, DT_DRAIN_SECONDS: "2" }, [], "serving_program.ts", [
      "--allow-net=127.0.0.1",
    ]);
    const { stdout, stderr, code } = await outcome(child, () => child.kill("SIGTERM"));
    assert(stdout.endsWith("started\nthe actor has stopped\ntaken down\n"), stdout);
    assertMatch(stdout + stderr, /"stopped"/);
    assertEquals([/within the drain time/.test(stdout + stderr), code], [false, 0]);
  });
}

Deno.test("program › a setting that does not fit is one line and exit code 2", async () => {
  const { stdout, stderr, code } = await outcome(run({ DT_PORT: "http" }));
  assertEquals([stdout, stderr, code], [
    "",
    'example: DT_PORT is "http"; it must be a whole number from 1 to 65535\n',
    2,
  ]);
});

Deno.test("program › a reason not to start is one line and exit code 2", async () => {
  const { stderr, code } = await outcome(run({ DT_ACT: "refuse" }));
  assertEquals([stderr, code], ["example: the port is taken\n", 2]);
});

// A lost connection is no exception: whoever uses one handles its error.
for (const act of ["throw", "reject", "lose"]) {
  Deno.test(`program › an unexpected error (${act}) is logged as one JSON line, everything is taken down, exit code 1`, async () => {
    const child = run({ DT_ACT: act, DT_PARENT_PIPE: "1" });
    // Where the error counts for nothing, it ends by this, with 0.
    const { stdout, stderr, code } = await outcome(child, () => child.stdin.close().catch(() => {}));
    assertEquals([stdout.endsWith("taken down, stopping true\n"), code], [true, 1]);
    const line = JSON.parse(stderr.split("\n")[0] ?? "");
    assertEquals([line.level, line.service, line.error.name], ["error", "example", "Error"]);
    assertEquals(stderr.includes("someone@example.org"), false);
  });
}

Deno.test("program › --help prints the table and exits with 0", async () => {
  const { stdout, code } = await outcome(run({ DT_PORT: "http" }, ["--help"]));
  assertMatch(stdout, /^DT_PORT +a whole number from 1 to 65535 +9000 +port to listen on$/m);
  assertEquals(code, 0);
});

Deno.test("program › a Worker in an endless loop ends the program, with exit code 1", async () => {
  // The looping Worker keeps its core until the process ends.
  const { stdout, stderr, code } = await outcome(run({}, [], "looping_program.ts"));
  assertEquals(code, 1);
  assertMatch(stdout + stderr, /the Worker of CounterActor loops for ever/);
});

Deno.test("program › a store's Worker that hangs ends the program, and lets go of the file", async () => {
  const DT_DATA_DIR = await Deno.makeTempDir();
  // A thread that hangs in a transaction holds the file's lock until the process ends, whatever replaces it.
  const child = run({ DT_DATA_DIR }, [], "hung_store_program.ts", [
    "--allow-read",
    `--allow-write=${DT_DATA_DIR}`,
  ]);
  const { stdout, stderr, code } = await outcome(child);
  assertEquals(code, 1, stdout + stderr);
  await using store = await openLiveStore(`${DT_DATA_DIR}/live.db`);
  await store.queries.deleteFrom("leases").execute();
  await Deno.remove(DT_DATA_DIR, { recursive: true });
});
