/** Helpers for HTTP servers on Web-standard requests and responses. */
export * from "./cookie.ts";
export * from "./etag.ts";
export * from "./file_server.ts";
export * from "./status.ts";
