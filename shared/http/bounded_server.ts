import { logger } from "../log/logger.ts";
import { Repeats } from "../log/repeats.ts";
import type { OpenConnection } from "./open_connections.ts";
import type { ServedConnection, ServeOnConnection } from "./serve_on_connection.ts";
import { WatchedConnections, type WatchedConnectionsOptions } from "./watched_connections.ts";

export interface BoundedServerOptions extends WatchedConnectionsOptions {
  readonly listener: Pick<Deno.Listener, "accept" | "close" | "addr">;
  readonly serveOnConnection: ServeOnConnection;
  readonly handler: Deno.ServeHandler<Deno.NetAddr>;
}

/** The pause after a failed `accept`, and how many waiting connections are closed then, to give descriptors back. */
const RETRY_MS = 100;
const ROOM_FOR = 64;
const REPORT_MS = 10_000;
const log = logger("http");

/** An HTTP server whose connections are limited in number and time. */
export class BoundedServer {
  readonly #options: BoundedServerOptions;
  readonly #open: WatchedConnections;
  readonly #unaccepted: Repeats;
  readonly #served = new Map<OpenConnection, ServedConnection>();
  #isClosed = false;

  constructor(options: BoundedServerOptions) {
    this.#options = options;
    this.#open = new WatchedConnections(options);
    this.#unaccepted = new Repeats(REPORT_MS, options.now ?? (() => performance.now()));
    this.#acceptAll(options.listener);
  }

  get addr(): Deno.NetAddr {
    return netAddress(this.#options.listener.addr);
  }

  /** Stops listening, and resolves when the requests under way are answered. */
  async shutdown(): Promise<void> {
    this.#isClosed = true;
    this.#options.listener.close();
    const served = [...this.#served.values()];
    await Promise.allSettled(served.flatMap((one) => [one.shutdown(), one.finished]));
    this.#open.stop();
  }

  async #acceptAll(listener: BoundedServerOptions["listener"]): Promise<void> {
    while (!this.#isClosed) {
      try {
        const connection = await listener.accept();
        this.#accepted(connection);
      } catch (error) {
        if (!this.#isClosed && !isOver(error)) await this.#acceptFailed(error);
      }
    }
  }

  /** Out of descriptors, mostly: the connection stays in the system's queue until there is room. */
  async #acceptFailed(error: unknown): Promise<void> {
    const closed = this.#open.makeRoom(ROOM_FOR);
    const count = this.#unaccepted.add();
    if (count > 0) {
      const { size: open } = this.#open;
      log.warn("connections can't be accepted: trying again", { count, open, closed, error });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  #accepted(connection: Deno.Conn): void {
    const opened = this.#isClosed ? undefined : this.#open.add(netAddress(connection.remoteAddr).hostname);
    if (opened === undefined) return connection.close();
    this.#serve(connection, opened).catch(() => {}).then(() => {
      this.#open.delete(opened);
      this.#served.delete(opened);
    });
  }

  async #serve(connection: Deno.Conn, opened: OpenConnection): Promise<void> {
    if (isTls(connection)) {
      // The runtime can't break off a handshake, whatever is closed: the socket stays until its client goes, or goes on.
      const isSecure = await connection.handshake().then(() => true, () => false);
      if (!isSecure || opened.ending.aborted) return connection.close();
    }
    const served = this.#options.serveOnConnection(
      connection,
      opened.ending,
      (request, info) => this.#handle(opened, request, info),
      failed,
      () => {},
    );
    this.#served.set(opened, served);
    await served.finished;
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
  return new Response(null, { status: 500, headers: { connection: "close" } });
}

/** The stream of a body is costly to make, so the usual requests without one are told by their method. */
function hasBody(request: Request): boolean {
  return request.method !== "GET" && request.method !== "HEAD" && request.body !== null;
}

function isTls(connection: Deno.Conn): connection is Deno.TlsConn {
  return "handshake" in connection;
}

/** Whether an error says that a client was gone before its connection was accepted. */
function isOver(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.ConnectionReset;
}

function netAddress(address: Deno.Addr): Deno.NetAddr {
  if (address.transport === "tcp" || address.transport === "udp") return address;
  throw new TypeError(`an HTTP connection by ${address.transport}`);
}
