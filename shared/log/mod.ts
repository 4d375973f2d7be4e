export * from "./configure_logging.ts";
export * from "./level.ts";
export * from "./log_actor_failures.ts";
export * from "./log_untold.ts";
export * from "./logger.ts";
export * from "./redact.ts";
