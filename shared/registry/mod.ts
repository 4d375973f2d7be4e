export * from "./call_registry.ts";
export * from "./registration.ts";
