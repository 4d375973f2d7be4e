export * from "./rest.ts";
export * from "./rtp.ts";
export * from "./signaling.ts";
export * from "./text.ts";
