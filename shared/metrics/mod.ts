export * from "./actor_metrics.ts";
export * from "./create_metrics.ts";
export * from "./process_metrics.ts";
export * from "./render_metrics.ts";
