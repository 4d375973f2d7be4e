export * from "./live_store_actor.ts";
export * from "./live_store_home.ts";
export * from "./open_live_store.ts";
export * from "./protocol.ts";
