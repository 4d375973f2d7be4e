import type { ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { requestIdOf } from "../../shared/http/mod.ts";
import { badHandshake } from "./doorway.ts";
import { type HandshakeAnswer, signalingPath } from "./handshake.ts";

/** The signaling port's answer to a request that doesn't become a WebSocket. The connection ends with it. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The parts of a request that decide whether it may be a handshake. */
export interface RequestFacts {
  readonly path: string;
  readonly method: string;
  readonly host: string | undefined;
  readonly upgrade: string | undefined;
}

const retryAfterSeconds = 5;

/** Whether a request with `Upgrade` may be a handshake of this protocol. */
export function isHandshake({ path, host, upgrade }: RequestFacts): boolean {
  return path === signalingPath && isHost(host) && isWebSocket(upgrade);
}

/** The answer to a request that is no handshake. */
export function plainAnswer({ path, method, host, upgrade }: RequestFacts): PlainAnswer {
  if (!isHost(host)) return toPlainAnswer(badHandshake());
  if (path === "/health") {
    if (method === "GET" || method === "HEAD") return { status: 200, body: { status: "alive" } };
    return refusal(405, "METHOD_NOT_ALLOWED", "Only GET is answered here.", { allow: "GET, HEAD" });
  }
  if (path !== signalingPath) return refusal(404, "NOT_FOUND", "There is nothing here.");
  // `Upgrade` is set, but `Connection` doesn't name it.
  if (isWebSocket(upgrade)) return toPlainAnswer(badHandshake());
  return refusal(426, "UPGRADE_REQUIRED", "This address speaks WebSocket.", { upgrade: "websocket" });
}

export function toPlainAnswer(
  { status, code, message }: Extract<HandshakeAnswer, { kind: "refused" }>,
): PlainAnswer {
  const error = { code, message };
  if (status === 400 || status === 403) return { status, body: { error } };
  return {
    status,
    body: { error: { ...error, retry_after_seconds: retryAfterSeconds } },
    headers: { "retry-after": String(retryAfterSeconds) },
  };
}

/** The answer to what looked like a handshake and is none (RFC 6455 §4.2.1). It names the versions that are spoken. */
export function notUpgraded(method: string | undefined): PlainAnswer {
  if (method !== "GET") return refusal(405, "METHOD_NOT_ALLOWED", "A handshake is a GET.", { allow: "GET" });
  return { ...toPlainAnswer(badHandshake()), headers: { "sec-websocket-version": "13, 8" } };
}

/** `givenId` is what the request has as `x-request-id`, here and below. */
export function answerPlain(
  response: ServerResponse,
  { status, body, headers }: PlainAnswer,
  givenId: unknown,
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, ...lastHeaders(text, givenId) });
  response.end(text);
}

export function toResponse({ status, body, headers }: PlainAnswer, givenId: unknown): Response {
  return Response.json(body, {
    status,
    headers: { ...headers, ...common, "x-request-id": requestIdOf(givenId) },
  });
}

/** Sends the answer on the raw stream of an upgrade request. */
export function refuseUpgrade(
  stream: Duplex,
  { status, body, headers }: PlainAnswer,
  givenId?: unknown,
): void {
  if (!stream.writable) return void stream.destroy();
  const text = JSON.stringify(body);
  const all = { ...headers, ...lastHeaders(text, givenId) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  stream.once("finish", () => void stream.destroy());
  stream.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", text].join("\r\n"));
}

function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): PlainAnswer {
  return { status, body: { error: { code, message } }, headers };
}

/** Whether a WebSocket is among the protocols that a client would like (RFC 9110 §7.8). */
function isWebSocket(upgrade = ""): boolean {
  return upgrade.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket");
}

/** Whether a `Host` header makes a valid URL. */
function isHost(host: string | undefined): boolean {
  return host !== undefined && URL.canParse(`http://${host}/`);
}

/** The headers that every last answer of a connection has. */
function lastHeaders(text: string, givenId: unknown) {
  const length = String(new TextEncoder().encode(text).length);
  return { ...common, "connection": "close", "content-length": length, "x-request-id": requestIdOf(givenId) };
}

const common = {
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
};
