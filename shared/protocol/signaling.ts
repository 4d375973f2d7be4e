export * from "./signaling/close_codes.ts";
export * from "./signaling/entities.ts";
export * from "./signaling/error_codes.ts";
export * from "./signaling/frames.ts";
export * from "./signaling/join.ts";
export * from "./signaling/notifications.ts";
export * from "./signaling/requests.ts";
