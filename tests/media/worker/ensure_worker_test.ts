import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import {
  ensureWorker,
  findWorker,
  type WorkerOutcome,
  type WorkerSources,
} from "../../../media/worker/ensure_worker.ts";
import { installWorker } from "../../../media/worker/install_worker.ts";
import { prebuiltUrl } from "../../../media/worker/download_worker.ts";
import { workerPlace } from "../../../media/worker/worker_place.ts";

/** A stand-in for the worker: it exits with 41, as the worker does without a parent. */
const WORKER = "#!/bin/sh\nexit 41\n";

async function executable(file: string, script: string): Promise<string> {
  await Deno.writeTextFile(file, script, { mode: 0o755 });
  return file;
}

/** A package and a recipe whose "build" writes a worker and leaves a line in `builds`. */
async function sources(
  changes: Partial<WorkerSources> = {},
  build =
    'echo built >> "$1/builds"; echo "[1/2]"; sleep 0.2; printf "#!/bin/sh\\nexit 41\\n" > "$2"; chmod +x "$2"',
): Promise<WorkerSources & { builds(): Promise<number> }> {
  const folder = await Deno.makeTempDir();
  const packageFolder = `${folder}/package`;
  const recipeFolder = `${folder}/recipe`;
  await Deno.mkdir(packageFolder);
  await Deno.mkdir(recipeFolder);
  await Deno.writeTextFile(`${packageFolder}/package.json`, '{"version": "1.2.3"}');
  await Deno.writeTextFile(`${recipeFolder}/build.sh`, `[ "$1" = --missing ] && exit 0\n${build}\n`);
  const place = await workerPlace({ packageFolder, recipeFolder, home: folder, cacheHome: undefined });
  return {
    named: undefined,
    place,
    packageFolder,
    recipeFolder,
    download: false,
    signal: new AbortController().signal,
    fetch: () => Promise.reject(new Error("nothing is to be fetched")),
    builds: async () => {
      const lines = await Deno.readTextFile(`${packageFolder}/builds`).catch(() => "");
      return lines.split("\n").length - 1;
    },
    ...changes,
  };
}

const quiet = { waitingFor: () => {}, count: () => {} };

Deno.test("mediasoup worker › the named one comes first, and a wrong name is an error", async () => {
  const named = await executable(`${await Deno.makeTempDir()}/mine`, WORKER);
  assertEquals(await findWorker(await sources({ named })), { state: "ready", file: named, how: "named" });
  const wrong = await ensureWorker(await sources({ named: "/bin/true" }), quiet);
  assert(wrong.state === "failed");
  assertStringIncludes(wrong.reason, 'MEDIASOUP_WORKER_BIN is "/bin/true"');
});

Deno.test("mediasoup worker › built once, then kept", async () => {
  const all = await sources();
  assertEquals(await findWorker(all), undefined);
  assertEquals(await ensureWorker(all, quiet), { state: "ready", file: all.place.file, how: "built" });
  assertEquals(await ensureWorker(all, quiet), { state: "ready", file: all.place.file, how: "kept" });
  assertEquals(await all.builds(), 1);
});

Deno.test("mediasoup worker › of several set-ups at once one builds, and the others take its worker", async () => {
  const all = await sources();
  const outcomes = await Promise.all([1, 2, 3].map(() => ensureWorker(all, quiet)));
  assertEquals(outcomes.map((outcome) => outcome.state === "ready" && outcome.how).sort(), [
    "built",
    "kept",
    "kept",
  ]);
  assertEquals(await all.builds(), 1);
});

Deno.test("mediasoup worker › a damaged kept one is made anew", async () => {
  const all = await sources();
  await Deno.mkdir(all.place.folder, { recursive: true });
  await executable(all.place.file, "#!/bin/sh\nexit 1\n");
  const outcome = await ensureWorker(all, quiet);
  assert(outcome.state === "ready" && outcome.how === "built");
});

Deno.test("mediasoup worker › a failed build is told with its last lines and leaves nothing behind", async () => {
  const all = await sources({}, 'echo "error: no such header" >&2; exit 1');
  const outcome = await ensureWorker(all, quiet);
  assert(outcome.state === "failed");
  assertEquals(outcome.lines, ["error: no such header"]);
  assertEquals([...Deno.readDirSync(all.place.folder)], []);
});

Deno.test("mediasoup worker › missing Debian packages are named", async () => {
  const all = await sources();
  await Deno.writeTextFile(`${all.recipeFolder}/build.sh`, "echo meson; echo g++\n");
  const outcome = await ensureWorker(all, quiet);
  assert(outcome.state === "packages_missing");
  assertEquals(outcome.packages, ["meson", "g++"]);
});

Deno.test("mediasoup worker › a prebuilt one spares the build", async () => {
  const folder = await Deno.makeTempDir();
  await executable(`${folder}/mediasoup-worker`, WORKER);
  const { stdout } = await new Deno.Command("tar", { args: ["-cz", "-C", folder, "mediasoup-worker"] })
    .output();
  const asked: string[] = [];
  const all = await sources({
    download: true,
    fetch: (url) => {
      asked.push(String(url));
      return Promise.resolve(new Response(stdout));
    },
  });
  assertEquals(await ensureWorker(all, quiet), { state: "ready", file: all.place.file, how: "downloaded" });
  assertEquals(await all.builds(), 0);
  assertStringIncludes(asked[0] ?? "", "/1.2.3/mediasoup-worker-1.2.3-linux-");
});

Deno.test("mediasoup worker › where releases can't be reached it is built", async () => {
  for (
    const fetch of [
      () => Promise.reject(new TypeError("no route")),
      () => Promise.resolve(new Response("", { status: 403 })),
      () => Promise.resolve(new Response("not an archive")),
    ]
  ) {
    const outcome = await ensureWorker(await sources({ download: true, fetch }), quiet);
    assert(outcome.state === "ready" && outcome.how === "built");
  }
});

const brokenOff: WorkerOutcome = { state: "failed", reason: "it was broken off", lines: [] };

Deno.test("mediasoup worker › a stop ends the wait for another set-up", async () => {
  const stop = new AbortController();
  const all = await sources({ signal: stop.signal });
  await Deno.mkdir(all.place.folder, { recursive: true });
  using other = await Deno.open(all.place.lockFile, { create: true, write: true });
  await other.lock(true);
  const waitingFor = () => {
    stop.abort();
    other.unlockSync();
  };
  assertEquals(await ensureWorker(all, { ...quiet, waitingFor }), brokenOff);
});

Deno.test("mediasoup worker › a stop ends a download, and nothing is built afterwards", async () => {
  const stop = new AbortController();
  const all = await sources({
    download: true,
    signal: stop.signal,
    fetch(_url, init) {
      stop.abort();
      return Promise.reject(init?.signal?.aborted ? new TypeError("aborted") : new TypeError("no route"));
    },
  });
  assertEquals([await ensureWorker(all, quiet), await all.builds()], [brokenOff, 0]);
});

Deno.test("mediasoup worker › the prebuilt file is named as mediasoup's install script names it", () => {
  assertEquals(
    prebuiltUrl({ version: "3.27.1", os: "linux", arch: "x86_64", osRelease: "6.1.0-38-amd64" }),
    "https://github.com/versatica/mediasoup/releases/download/3.27.1/mediasoup-worker-3.27.1-linux-x64-kernel6.tgz",
  );
  assertEquals(
    prebuiltUrl({ version: "3.27.1", os: "darwin", arch: "aarch64", osRelease: "23.1.0" }),
    "https://github.com/versatica/mediasoup/releases/download/3.27.1/mediasoup-worker-3.27.1-darwin-arm64.tgz",
  );
});

Deno.test("mediasoup worker › a changed recipe has another place, a changed README has not", async () => {
  const { packageFolder, recipeFolder } = await sources();
  const key = async () =>
    (await workerPlace({ packageFolder, recipeFolder, home: "/h", cacheHome: undefined })).key;
  const before = await key();
  assert(before.startsWith("1.2.3-"));
  await Deno.writeTextFile(`${recipeFolder}/README.md`, "words");
  assertEquals(await key(), before);
  await Deno.mkdir(`${recipeFolder}/overlay`);
  await Deno.writeTextFile(`${recipeFolder}/overlay/meson.build`, "project()");
  assertNotEquals(await key(), before);
});

Deno.test("mediasoup worker › is put where the npm package looks for it, once", async () => {
  const { packageFolder } = await sources();
  const file = await executable(`${await Deno.makeTempDir()}/kept`, WORKER);
  const target = `${packageFolder}/worker/out/Release/mediasoup-worker`;
  await installWorker(file, packageFolder, "key-1");
  assertEquals(await Deno.readTextFile(target), WORKER);
  assertEquals((await Deno.stat(target)).mode, 0o100755);
  await Deno.writeTextFile(file, "another");
  await installWorker(file, packageFolder, "key-1");
  assertEquals(await Deno.readTextFile(target), WORKER);
  await installWorker(file, packageFolder, "key-2");
  assertEquals(await Deno.readTextFile(target), "another");
});
