import type { ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { HandshakeAnswer } from "./handshake.ts";

/** An answer of the signaling port to what doesn't become a WebSocket; the connection ends with it. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const retryAfterSeconds = 5;

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

export function answerPlain(response: ServerResponse, { status, body, headers }: PlainAnswer): void {
  response.writeHead(status, { ...headers, ...common });
  response.end(JSON.stringify(body));
}

/** The same on a stream that a handshake came over. */
export function refuseUpgrade(stream: Duplex, { status, body, headers }: PlainAnswer): void {
  if (!stream.writable) return void stream.destroy();
  const text = JSON.stringify(body);
  const all = { ...headers, ...common, "content-length": String(new TextEncoder().encode(text).length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  stream.once("finish", () => void stream.destroy());
  stream.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", text].join("\r\n"));
}

const common = {
  "connection": "close",
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
};
