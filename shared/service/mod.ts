export * from "./call_registry.ts";
export * from "./create_service_scope.ts";
export * from "./obstacle_of.ts";
export * from "./platform.ts";
export * from "./program.ts";
export * from "./registration.ts";
export * from "./serve_service.ts";
export * from "./start_error.ts";
