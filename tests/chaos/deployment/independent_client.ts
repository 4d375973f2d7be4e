// @ts-types="@types/ws"
import { WebSocket } from "ws";

/** What is asked of a deployment over its public interfaces alone, with nothing of the client SDK. */
export interface IndependentClient extends Disposable {
  /** Asks until there is an answer that is no "try again"; counts those that were. */
  rest(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ status: number; body: unknown }>;
  /** How often it was told to try again, or got no answer at all. */
  readonly putOff: number;
}

/** How long to wait before the same is asked again. */
const AGAIN_MS = 50;

/** A client of a deployment whose certificate only `ca` knows. */
export function independentClient(origin: string, ca: string): IndependentClient {
  const client = Deno.createHttpClient({ caCerts: [ca] });
  let putOff = 0;
  const once = async (method: string, path: string, body: unknown, token: string | undefined) => {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${origin}${path}`, { method, headers, client, ...sent });
    return { status: answer.status, retry: answer.headers.has("retry-after"), body: await answer.json() };
  };
  return {
    async rest(method, path, body, token) {
      for (;;) {
        const answer = await once(method, path, body, token).catch(() => undefined);
        if (answer !== undefined && !(answer.status >= 500 && answer.retry)) return answer;
        putOff++;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    },
    get putOff() {
      return putOff;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

export interface Ticket {
  readonly signaling_url: string;
  readonly token: string;
}

interface Answer {
  readonly ok: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string };
}

/** A signaling connection; requests on it fail with `undefined` when it is lost. */
export interface Socket {
  request(type: string, data: unknown): Promise<Answer | undefined>;
  /** Resolves with the code that it was closed with. */
  readonly closed: Promise<number>;
  close(): void;
}

/** How long a server may leave a request without an answer before the connection counts as lost. */
const ANSWER_MS = 6_000;

/** Connects with a ticket; `undefined` when there is no connection to be had. */
export async function connect({ signaling_url, token }: Ticket, ca: string): Promise<Socket | undefined> {
  const socket = new WebSocket(signaling_url, ["darktower.v1", `bearer.${token}`], {
    ca,
    handshakeTimeout: 3_000,
  });
  const closed = Promise.withResolvers<number>();
  const opened = Promise.withResolvers<boolean>();
  const waiting = new Map<number, (answer: Answer | undefined) => void>();
  socket.on("open", () => opened.resolve(true));
  socket.on("error", () => opened.resolve(false));
  socket.on("close", (code) => {
    opened.resolve(false);
    closed.resolve(code);
    for (const give of waiting.values()) give(undefined);
    waiting.clear();
  });
  socket.on("message", (frame) => {
    const message = JSON.parse(String(frame));
    waiting.get(message.re)?.(message);
    waiting.delete(message.re);
  });
  if (!await opened.promise) return undefined;
  let id = 0;
  return {
    closed: closed.promise,
    close: () => socket.close(1000),
    request(type, data) {
      if (socket.readyState !== WebSocket.OPEN) return Promise.resolve(undefined);
      const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
      const timer = setTimeout(() => socket.terminate(), ANSWER_MS);
      waiting.set(++id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      socket.send(JSON.stringify({ id, type, data }));
      return promise;
    },
  };
}
