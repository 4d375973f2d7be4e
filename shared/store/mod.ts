export * from "./is_busy.ts";
export * from "./is_unique_violation.ts";
export * from "./migrate.ts";
export * from "./migration.ts";
export * from "./open_sqlite.ts";
export * from "./sqlite_dialect.ts";
export * from "./store.ts";
