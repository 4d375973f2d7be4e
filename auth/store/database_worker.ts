import { dirname } from "node:path";
import { inWorker } from "../../shared/actor/mod.ts";
import type { WorkerHome } from "../../shared/actor/mod.ts";
import { databaseHosts, type DatabaseLocation } from "../../shared/store/mod.ts";

/** A Worker that may use AC's database (SQLite keeps two files beside it) and nothing else. */
export function databaseWorker(module: URL, database: DatabaseLocation): WorkerHome {
  return inWorker(module, {
    permissions: database.kind === "sqlite"
      ? { read: [dirname(database.path)], write: [dirname(database.path)] }
      : { net: databaseHosts(database.url), env: true },
  });
}
