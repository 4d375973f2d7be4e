import type { ServiceName } from "./service_names.ts";

const LIVE_STORE = "shared/store/live/sqlite/live_store_worker.ts";

/** Modules that a service starts in Workers: nothing imports them. */
export const LOADED_MODULES: Readonly<Record<ServiceName, readonly string[]>> = {
  auth: ["auth/audit/audit_store_worker.ts", "auth/passwords/password_hasher_worker.ts"],
  global: [LIVE_STORE],
  meeting: ["meeting/shard/shard_worker.ts", LIVE_STORE],
  media: [],
};
