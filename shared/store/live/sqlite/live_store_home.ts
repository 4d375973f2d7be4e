import { dirname } from "node:path";
import { inWorker, type WorkerHome } from "../../../actor/mod.ts";

/**
 * A Worker for the live store of `path`, because waiting for another process's write blocks the isolate. Its only
 * permission is the file's folder, in which SQLite keeps two more files.
 */
export function liveStoreHome(path: string): WorkerHome {
  const folder = dirname(path);
  return inWorker(new URL("./live_store_worker.ts", import.meta.url), {
    permissions: { read: [folder], write: [folder] },
  });
}
