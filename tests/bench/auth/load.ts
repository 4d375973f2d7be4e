import { percentile } from "../percentile.ts";

export interface LoadOptions {
  readonly port: number;
  /** One whole HTTP/1.1 request, sent again and again. */
  readonly request: Uint8Array;
  readonly connections: number;
  readonly seconds: number;
  /** So many requests a second, spread evenly over the time; as fast as answers come unless given. */
  readonly perSecond?: number;
}

export interface LoadResult {
  /** Answers with status 200, a second. */
  readonly perSecond: number;
  /** From when a request was due to its answer, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** How many answers there were of each other status. */
  readonly refused: ReadonlyMap<number, number>;
}

/**
 * Sends one request over kept-open connections, one at a time on each. With `perSecond` a request's time counts from
 * when it was due, so that a server which pauses is not measured by the requests that it kept from being sent.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { port, request, connections, seconds, perSecond } = options;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const samples: number[] = [];
  const refused = new Map<number, number>();
  let issued = 0;
  let lastAt = startedAt;

  /** When the next request is due; `undefined` once the time is over. */
  function nextDue(): number | undefined {
    const now = performance.now();
    const due = perSecond === undefined ? now : startedAt + (issued * 1000) / perSecond;
    if (due >= endsAt) return undefined;
    issued++;
    return due;
  }

  async function drive(): Promise<void> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    const read = answers(connection);
    for (let due = nextDue(); due !== undefined; due = nextDue()) {
      const waitMs = due - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await writeAll(connection, request);
      const status = await read();
      lastAt = performance.now();
      if (status === 200) samples.push(lastAt - due);
      else refused.set(status, (refused.get(status) ?? 0) + 1);
    }
  }

  await Promise.all(Array.from({ length: connections }, drive));
  return {
    perSecond: samples.length / ((lastAt - startedAt) / 1000),
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
    refused,
  };
}

/** A request as it goes over the wire. */
export function httpRequest(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = "",
): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const lines = Object.entries({ host: "127.0.0.1", ...headers, "content-length": String(bytes.length) })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Reads one answer after the other from a connection; gives each one's status. */
function answers(connection: Deno.TcpConn): () => Promise<number> {
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder("latin1");
  let text = "";
  async function more(): Promise<void> {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("The server closed the connection");
    text += decoder.decode(buffer.subarray(0, count));
  }
  return async () => {
    let head = text.indexOf("\r\n\r\n");
    for (; head === -1; head = text.indexOf("\r\n\r\n")) await more();
    const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1];
    if (length === undefined) throw new Error(`An answer without its length: ${text.slice(0, head)}`);
    const end = head + 4 + Number(length);
    while (text.length < end) await more();
    const status = Number(text.slice(9, 12));
    text = text.slice(end);
    return status;
  };
}
