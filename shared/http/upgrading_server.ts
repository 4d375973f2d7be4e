import type { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { logger } from "../log/logger.ts";
import { Acceptor } from "./acceptor.ts";
import { refuseCommon } from "./common_errors.ts";
import type { Handler } from "./create_handler.ts";
import { refuseUpgrade, toRequest, writeAnswer } from "./node_messages.ts";
import type { OpenConnection } from "./open_connections.ts";
import { serverRefusal } from "./server_refusal.ts";
import type { Upgrades } from "./upgrades.ts";
import { WatchedConnections, type WatchedConnectionsOptions } from "./watched_connections.ts";

export interface UpgradingServerOptions extends Omit<WatchedConnectionsOptions, "now"> {
  readonly hostname: string;
  readonly port: number;
  readonly handler: Handler;
  readonly upgrades: Upgrades;
}

const MAX_HEADER_BYTES = 16 * 1024;
const log = logger("http");

/**
 * An HTTP server whose requests may become WebSockets, by `node:http`, with limits on connections. A WebSocket counts as
 * a connection with a request under way. Requests come without their bodies, and each answer is its connection's last: the
 * runtime's `node:http` keeps no connection that it hasn't accepted by itself.
 */
export class UpgradingServer {
  readonly #options: UpgradingServerOptions;
  readonly #open: WatchedConnections;
  readonly #connections = new Map<Duplex, OpenConnection>();
  readonly #http: Server;
  readonly #allGone = Promise.withResolvers<void>();
  #acceptor: Acceptor | undefined;
  #isClosed = false;

  private constructor(options: UpgradingServerOptions) {
    this.#options = options;
    this.#open = new WatchedConnections(options, () => this.#acceptor?.checkIfDue(performance.now()));
    // A request without a host gets its refusal here: that of `node:http` has nothing of what every answer has.
    this.#http = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false });
    this.#http.on("request", (request, response) => {
      this.#answer(request, response).catch((error) => failed(error, request.socket));
    });
    this.#http.on("upgrade", (request, stream, head) => {
      this.#upgrade(request, stream, head).catch((error) => failed(error, stream));
    });
    this.#http.on("clientError", (_error, stream) => {
      refuseUpgrade(stream, notValid()).catch((error) => failed(error, stream));
    });
  }

  /** Rejects if it can't listen on the address and port. */
  static async listen(options: UpgradingServerOptions): Promise<UpgradingServer> {
    const server = new UpgradingServer(options);
    try {
      server.#acceptor = await Acceptor.listen({
        hostname: options.hostname,
        port: options.port,
        tls: null,
        handshakeMs: 0,
        onAccepted: (socket) => server.#accepted(socket),
        onReady: (socket) => void server.#http.emit("connection", socket),
      });
    } catch (error) {
      server.#open.stop();
      throw error;
    }
    return server;
  }

  get port(): number {
    return this.#acceptor?.port ?? 0;
  }

  /** Stops listening, and resolves when every connection is gone; those that wait for a request go at once. */
  async shutdown(drainMs: number): Promise<void> {
    this.#isClosed = true;
    this.#acceptor?.close();
    for (const [socket, { isBusy }] of this.#connections) if (!isBusy) socket.destroy();
    const timer = setTimeout(() => {
      for (const socket of this.#connections.keys()) socket.destroy();
    }, drainMs);
    if (this.#connections.size > 0) await this.#allGone.promise;
    clearTimeout(timer);
    this.#open.stop();
  }

  #accepted(socket: Socket): void {
    socket.on("error", () => void socket.destroy());
    const { remoteAddress } = socket;
    const opened = remoteAddress === undefined || this.#isClosed ? undefined : this.#open.add(remoteAddress);
    if (opened === undefined) return void socket.destroy();
    this.#connections.set(socket, opened);
    opened.ending.addEventListener("abort", () => void socket.destroy());
    socket.once("close", () => {
      this.#open.delete(opened);
      this.#connections.delete(socket);
      if (this.#isClosed && this.#connections.size === 0) this.#allGone.resolve();
    });
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = this.#connections.get(incoming.socket);
    connection?.requested();
    const answer = await this.#handle(incoming, toRequest(incoming));
    connection?.answered({ isLast: true, isUnread: false });
    response.once("close", () => connection?.delivered());
    await writeAnswer(response, answer);
  }

  async #upgrade(incoming: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const connection = this.#connections.get(stream);
    connection?.requested();
    const request = toRequest(incoming);
    if (request !== undefined) this.#options.upgrades.offer(request, { incoming, stream, head });
    const answer = await this.#handle(incoming, request);
    if (request !== undefined && !this.#options.upgrades.isOffered(request)) return;
    connection?.answered({ isLast: true, isUnread: false });
    await refuseUpgrade(stream, answer);
  }

  async #handle({ socket, headers }: IncomingMessage, request: Request | undefined): Promise<Response> {
    if (request === undefined) return notValid(headers["x-request-id"]);
    const { remoteAddress: hostname = "", remotePort: port = 0 } = socket;
    const remoteAddr = { transport: "tcp" as const, hostname, port };
    return await this.#options.handler(request, { remoteAddr, completed: Promise.resolve() });
  }
}

function notValid(givenId?: unknown): Response {
  return serverRefusal(refuseCommon("INVALID_REQUEST"), givenId);
}

/** What is thrown here is a bug of the handler, which answers its routes' errors itself. */
function failed(error: unknown, stream: Duplex): void {
  log.error("a request's handler failed", { error });
  stream.destroy();
}
