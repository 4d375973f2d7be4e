export * from "./live_store.ts";
export * from "./ports/counters.ts";
export * from "./ports/leases.ts";
export * from "./ports/registrations.ts";
export * from "./ports/revocations.ts";
export * from "./ports/snapshots.ts";
export * from "./sqlite/open_live_store.ts";
export * from "./start_live_store.ts";
