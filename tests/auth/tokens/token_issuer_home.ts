import { databaseWorker } from "../../../auth/store/database_worker.ts";
import type { WorkerHome } from "../../../shared/actor/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";

/**
 * A Worker for a `TokenIssuerActor`. A signature takes 25 µs, the way to a Worker and back 36 to 90 µs: this isolates
 * the keys from the rest of the program, it doesn't make it faster.
 */
export function tokenIssuerHome(database: DatabaseLocation): WorkerHome {
  return databaseWorker(new URL("./token_issuer_worker.ts", import.meta.url), database);
}
