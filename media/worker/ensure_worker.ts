import { buildWorker, missingPackages } from "./build_worker.ts";
import { downloadWorker } from "./download_worker.ts";
import type { WorkerEvents } from "./worker_events.ts";
import { packageVersion, type WorkerPlace } from "./worker_place.ts";
import { workerRuns } from "./worker_runs.ts";

/** The sources from which `ensureWorker` gets a worker. */
export interface WorkerSources {
  /** The value of `MEDIASOUP_WORKER_BIN`. */
  readonly named: string | undefined;
  readonly place: WorkerPlace;
  readonly packageFolder: string;
  readonly recipeFolder: string;
  /** Whether to try mediasoup's own releases. */
  readonly download: boolean;
  /** Aborted when it is to be broken off. */
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

export type WorkerOutcome =
  | {
    readonly state: "ready";
    readonly file: string;
    readonly how: "named" | "kept" | "downloaded" | "built";
  }
  | { readonly state: "packages_missing"; readonly packages: readonly string[]; readonly reason: string }
  | { readonly state: "failed"; readonly reason: string; readonly lines: readonly string[] };

const DOWNLOAD_TIMEOUT_MS = 4000;
/** The pause before another set-up's lock is tried again. */
const LOCK_PAUSE_MS = 200;
const BROKEN_OFF: WorkerOutcome = { state: "failed", reason: "it was broken off", lines: [] };

/** Finds a worker without making one: the one that `MEDIASOUP_WORKER_BIN` names, or else the kept one. */
export async function findWorker(
  sources: Pick<WorkerSources, "named" | "place">,
): Promise<WorkerOutcome | undefined> {
  const { named, place } = sources;
  if (named !== undefined && named !== "") {
    if (await workerRuns(named)) return { state: "ready", file: named, how: "named" };
    const reason = `MEDIASOUP_WORKER_BIN is "${named}", which is not a mediasoup worker that runs here`;
    return { state: "failed", reason, lines: [] };
  }
  return await workerRuns(place.file) ? { state: "ready", file: place.file, how: "kept" } : undefined;
}

/**
 * Gets a worker that runs on this machine: the named one, the kept one, a prebuilt one, one built from source, in
 * this order. Any number of processes may do this at the same time: one works, the others wait and take its
 * result, and the kept file changes in one step.
 */
export async function ensureWorker(sources: WorkerSources, events: WorkerEvents): Promise<WorkerOutcome> {
  const found = await findWorker(sources);
  if (found) return found;
  const { place } = sources;
  await Deno.mkdir(place.folder, { recursive: true });
  using lock = await Deno.open(place.lockFile, { create: true, write: true });
  if (!await lock.tryLock(true)) {
    events.waitingFor("another set-up that is getting it");
    if (!await untilLocked(lock, sources.signal)) return BROKEN_OFF;
  }
  const madeMeanwhile = await findWorker(sources);
  if (madeMeanwhile) return madeMeanwhile;
  const scratch = await Deno.makeTempDir({ dir: place.folder, prefix: "new-" });
  try {
    return await getWorker(sources, scratch, events);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Waits for the lock, and answers whether it was had before the signal was aborted: `lock` itself can't be broken off. */
async function untilLocked(lock: Deno.FsFile, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await lock.tryLock(true)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
  return false;
}

async function getWorker(
  sources: WorkerSources,
  scratch: string,
  events: WorkerEvents,
): Promise<WorkerOutcome> {
  const { place, packageFolder, recipeFolder, signal } = sources;
  const made = `${scratch}/mediasoup-worker`;
  let reason = "it is to be built from source";
  if (sources.download) {
    const { os, arch } = Deno.build;
    const version = await packageVersion(packageFolder);
    const request = { version, os, arch, osRelease: Deno.osRelease(), timeoutMs: DOWNLOAD_TIMEOUT_MS };
    const downloaded = await downloadWorker(scratch, { ...request, fetch: sources.fetch, signal }, events);
    if (signal.aborted) return BROKEN_OFF;
    if (downloaded.ok && await workerRuns(made)) return await keep(made, place, "downloaded");
    reason = downloaded.ok ? "the prebuilt one does not run here" : downloaded.reason;
  }
  const packages = await missingPackages(recipeFolder);
  if (packages.length > 0) return { state: "packages_missing", packages, reason };
  const built = await buildWorker({ recipeFolder, packageFolder, output: made, signal }, events);
  if (built.ok) return await keep(made, place, "built");
  return { state: "failed", reason: "the build of the mediasoup worker failed", lines: built.lines };
}

async function keep(made: string, place: WorkerPlace, how: "downloaded" | "built"): Promise<WorkerOutcome> {
  await Deno.chmod(made, 0o755);
  await Deno.rename(made, place.file);
  return { state: "ready", file: place.file, how };
}
