import { logger } from "../log/logger.ts";
import { refuseCommon } from "./common_errors.ts";
import type { OpenConnection } from "./open_connections.ts";
import { serverRefusal } from "./server_refusal.ts";
import type { ServedConnection, ServeOnConnection } from "./serve_on_connection.ts";
import { WatchedConnections, type WatchedConnectionsOptions } from "./watched_connections.ts";

export interface ServedConnectionsOptions extends WatchedConnectionsOptions {
  readonly serveOnConnection: ServeOnConnection;
  readonly handler: Deno.ServeHandler<Deno.NetAddr>;
}

const log = logger("http");

/** The connections on which a server answers requests, limited in number and time. */
export class ServedConnections {
  readonly #options: ServedConnectionsOptions;
  readonly #open: WatchedConnections;
  readonly #served = new Set<ServedConnection>();

  /** `onCheck` is called with each check of the limits. */
  constructor(options: ServedConnectionsOptions, onCheck = () => {}) {
    this.#options = options;
    this.#open = new WatchedConnections(options, onCheck);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Adds a connection from an address; undefined, and told, where there are too many. */
  add(address: string): OpenConnection | undefined {
    return this.#open.add(address);
  }

  delete(connection: OpenConnection): void {
    this.#open.delete(connection);
  }

  /** Closes up to `count` connections that only wait for their next request; answers how many. */
  makeRoom(count: number): number {
    return this.#open.makeRoom(count);
  }

  /** Answers the requests of a connection until it is over. It is closed when `opened.ending` aborts. */
  serve(connection: Deno.TcpConn, opened: OpenConnection): Promise<void> {
    return this.#serve(connection, opened, opened.ending, connection.remoteAddr);
  }

  /** The same for a connection that this process passes on to itself. Whoever does so closes it when `ending` aborts. */
  servePassedOn(connection: Deno.UnixConn, opened: OpenConnection, from: Deno.NetAddr): Promise<void> {
    // The runtime throws at a signal that comes after the connection's end.
    return this.#serve(connection, opened, new AbortController().signal, from);
  }

  async #serve(
    connection: Deno.Conn,
    opened: OpenConnection,
    signal: AbortSignal,
    remoteAddr: Deno.NetAddr,
  ): Promise<void> {
    const served = this.#options.serveOnConnection(
      connection,
      signal,
      (request, { completed }) => this.#handle(opened, request, { remoteAddr, completed }),
      failed,
      () => {},
    );
    this.#served.add(served);
    try {
      await served.finished;
    } finally {
      this.#served.delete(served);
    }
  }

  /** Resolves when the requests under way are answered. */
  async shutdown(): Promise<void> {
    await Promise.allSettled([...this.#served].flatMap((one) => [one.shutdown(), one.finished]));
    this.#open.stop();
  }

  /** Ends the checks of the limits at once. */
  stop(): void {
    this.#open.stop();
  }

  async #handle(
    connection: OpenConnection,
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    connection.requested();
    let isLast = true;
    try {
      const answer = await this.#options.handler(request, info);
      isLast = answer.headers.get("connection") === "close";
      return answer;
    } finally {
      connection.answered({ isLast, isUnread: !request.bodyUsed && hasBody(request) });
      info.completed.catch(() => {}).then(() => connection.delivered());
    }
  }
}

/** What is thrown here is a bug of the handler, which answers its routes' errors itself. */
function failed(error: unknown): Response {
  log.error("a request's handler failed", { error });
  return serverRefusal(refuseCommon("INTERNAL", { headers: { connection: "close" } }));
}

/** The web's type has no body for `GET` and `HEAD`, whatever is sent with them. Else its stream tells, which is costly. */
function hasBody(request: Request): boolean {
  const { method, headers } = request;
  if (method !== "GET" && method !== "HEAD") return request.body !== null;
  return headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0;
}
