import type { BodyLimits } from "./body_limits.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request before its route is found. */
export interface Incoming {
  readonly request: Request;
  /** Its path is in normal form, which that of `request.url` need not be. */
  readonly url: URL;
  /** On every answer as `x-request-id`, and in the log. */
  readonly requestId: string;
  /** The client's IP address, through trusted proxies. */
  readonly clientAddress: string;
  readonly limits: BodyLimits;
}

/** The argument of a route's handler. */
export interface Context extends Incoming {
  /** The pattern's named groups, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** One method, several, or every one on one path. */
export interface Route {
  /** `any`: also those that HTTP doesn't know. */
  readonly method: Method | readonly Method[] | "any";
  /** In URLPattern's syntax: `/api/v1/meetings/:code`. Metrics use it as the route's name. */
  readonly path: string;
  handler(context: Context): Response | Promise<Response>;
}

/** A wrapper around the handling of requests, the first one outermost: limits, CORS, tracing. */
export type Layer = (incoming: Incoming, next: () => Promise<Response>) => Promise<Response>;
