import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { AptMachine } from "../../shared/dev/setup/apt.ts";
import { mediasoupWorker, workerFile } from "../../shared/dev/setup/mediasoup_worker.ts";

const checkout = new URL("../../", import.meta.url).pathname;

/** A checkout with the real program that gets the worker, a small npm package, and a recipe that takes no time. */
async function smallCheckout(recipe: string): Promise<string> {
  const root = await Deno.makeTempDir();
  for (const folder of ["media/worker/recipe", "node_modules/mediasoup", "shared/dev"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  }
  for await (const { name, isFile } of Deno.readDir(`${checkout}media/worker`)) {
    if (isFile) await Deno.copyFile(`${checkout}media/worker/${name}`, `${root}/media/worker/${name}`);
  }
  await Deno.copyFile(`${checkout}shared/text_lines.ts`, `${root}/shared/text_lines.ts`);
  await Deno.writeTextFile(`${root}/deno.json`, "{}");
  // No release of this version exists, whether the releases can be reached or not.
  await Deno.writeTextFile(`${root}/node_modules/mediasoup/package.json`, '{"version": "0.0.0-none"}');
  await Deno.writeTextFile(`${root}/media/worker/recipe/build.sh`, recipe);
  return root;
}

/** A cache of its own and no worker named from outside. */
const ownCache = (root: string) => ({ XDG_CACHE_HOME: `${root}/cache`, MEDIASOUP_WORKER_BIN: "" });

function progress() {
  const said: string[] = [];
  return {
    said,
    waitingFor: (what: string) => void said.push(what),
    count: (done: number, total: number) => void said.push(`${done}/${total}`),
  };
}

const noApt: AptMachine = { isRoot: false, run: () => Promise.reject(new Error("apt is not to be run")) };
const never = new AbortController().signal;

const BUILD = `
[ "$1" = --missing ] && exit 0
echo "[1/2] Compiling"; echo "[2/2] Linking"
printf '#!/bin/sh\\nexit 41\\n' > "$2"; chmod +x "$2"
`;

Deno.test("mediasoup worker step › builds with a counter, is then present, and names the file", async () => {
  const root = await smallCheckout(BUILD);
  const step = mediasoupWorker(root, noApt, ownCache(root));
  assertEquals(await step.present(), false);
  const shown = progress();
  assertEquals(await step.run(shown, never), { state: "done", note: "built" });
  assert(shown.said.includes("the compiler"));
  assertEquals(shown.said.slice(-2), ["1/2", "2/2"]);
  assertEquals(await step.present(), true);
  assertStringIncludes(
    await workerFile(root, ownCache(root)) ?? "",
    `${root}/cache/dark-tower/mediasoup-worker/0.0.0-none-`,
  );
});

Deno.test("mediasoup worker step › missing Debian packages are installed by root, then it is built", async () => {
  const root = await smallCheckout(
    BUILD.replace("exit 0", '{ [ -e "$0.installed" ] || echo meson; exit 0; }'),
  );
  const calls: string[] = [];
  const apt: AptMachine = {
    isRoot: true,
    run: async (program, { args }) => {
      calls.push([program, ...args].join(" "));
      await Deno.writeTextFile(`${root}/media/worker/recipe/build.sh.installed`, "");
      return { success: true, code: 0, lines: [] };
    },
  };
  const step = mediasoupWorker(root, apt, ownCache(root));
  assertEquals(await step.run(progress(), never), { state: "done", note: "built" });
  assertEquals(calls, ["apt-get install -y --no-install-recommends meson"]);
});

Deno.test("mediasoup worker step › without root the command that would do it is told", async () => {
  const root = await smallCheckout("echo meson\n");
  const outcome = await mediasoupWorker(root, noApt, ownCache(root)).run(progress(), never);
  assert(outcome.state === "failed");
  assertStringIncludes(outcome.command ?? "", "apt-get install -y --no-install-recommends meson");
  assertStringIncludes(outcome.reason, "must be built");
});
