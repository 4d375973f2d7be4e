import { dirname } from "node:path";
import { inWorker } from "../../shared/actor/mod.ts";
import type { WorkerHome } from "../../shared/actor/mod.ts";
import type { DatabaseLocation } from "../../shared/store/mod.ts";

/**
 * A Worker for a `TokenIssuerActor`, which may use the database and nothing else. A signature takes 25 µs, the way to a
 * Worker and back 36 to 90 µs: this isolates the keys from the rest of the program, it doesn't make it faster.
 */
export function tokenIssuerHome(database: DatabaseLocation): WorkerHome {
  return inWorker(new URL("./token_issuer_worker.ts", import.meta.url), {
    permissions: database.kind === "sqlite"
      ? { read: [dirname(database.path)], write: [dirname(database.path)] }
      : { net: [new URL(database.url).host], env: true },
  });
}
