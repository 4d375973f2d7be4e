export * from "./certificate.ts";
export * from "./certificate_watch.ts";
