import type { Parsed } from "../../config/parsed.ts";
import { complain } from "../say.ts";
import { workerFile } from "../setup/mediasoup_worker.ts";
import { setUp } from "../setup/set_up.ts";
import { type DataFolder, prepareDataFolder } from "./data_folder.ts";
import { lockDataFolder } from "./lock_data_folder.ts";
import type { dataFolderFields, UpSettings } from "./settings.ts";
import { staysOnThisMachine } from "./stays_on_this_machine.ts";
import { untilLeft } from "./until_left.ts";
import { unusable } from "./unusable.ts";

/** Longer than any service drains (`service_environment.ts`). */
const LEAVE_MS = 30_000;

/** A machine on which the four services can be started. */
export interface Deployment {
  /** The mediasoup worker. */
  readonly worker: string;
  readonly data: DataFolder;
  /** No other `up` may use the data folder until it is closed. */
  readonly lock: Deno.FsFile;
}

/**
 * Sets up what is missing on the machine, claims the data folder, and makes what is missing there; answers in one line
 * what can't be had.
 *
 * @throws what `signal` was aborted with
 */
export async function prepareDeployment(
  root: string,
  dataDir: string,
  settings: Pick<UpSettings, keyof typeof dataFolderFields> & { readonly databaseElsewhere: boolean },
  signal: AbortSignal,
): Promise<Parsed<Deployment>> {
  const locked = await lockDataFolder(dataDir);
  if (!locked.ok) return locked;
  const running = await untilLeft(dataDir, {
    patienceMs: LEAVE_MS,
    signal,
    onWaiting: () =>
      complain("up: the services of an up that was killed still end; this one waits for them\n"),
  });
  if (running !== undefined) {
    return {
      ok: false,
      message: `${running} of an up that was killed still runs with ${dataDir}; end it first`,
    };
  }
  const failure = await setUp(root, "up", signal);
  if (failure !== undefined) return { ok: false, message: failure.line };
  const worker = await workerFile(root);
  if (worker === undefined) return { ok: false, message: "the mediasoup worker is gone; start again" };
  try {
    const data = await prepareDataFolder({
      dataDir,
      adminEmail: settings.adminEmail,
      adminPassword: settings.adminPassword?.reveal(),
      openRegistration: staysOnThisMachine(settings),
      databaseElsewhere: settings.databaseElsewhere,
      random: (bytes) => crypto.getRandomValues(bytes),
    });
    return data.ok ? { ok: true, value: { worker, data: data.value, lock: locked.value } } : data;
  } catch (error) {
    return { ok: false, message: unusable(dataDir, error) };
  }
}
