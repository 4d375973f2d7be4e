import { logger } from "../log/logger.ts";
import { Repeats } from "../log/repeats.ts";
import { ServedConnections, type ServedConnectionsOptions } from "./served_connections.ts";

export interface BoundedServerOptions extends ServedConnectionsOptions {
  readonly listener: Deno.TcpListener;
}

/** The pause after a failed `accept`, and how many waiting connections are closed then, to give descriptors back. */
const RETRY_MS = 100;
const ROOM_FOR = 64;
const REPORT_MS = 10_000;
const log = logger("http");

/** An HTTP server whose connections are limited in number and time. */
export class BoundedServer {
  readonly #listener: Deno.TcpListener;
  readonly #connections: ServedConnections;
  readonly #unaccepted: Repeats;
  #isClosed = false;

  constructor(options: BoundedServerOptions) {
    this.#listener = options.listener;
    this.#connections = new ServedConnections(options);
    this.#unaccepted = new Repeats(REPORT_MS, options.now ?? (() => performance.now()));
    this.#acceptAll();
  }

  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** Stops listening, and resolves when the requests under way are answered. */
  async shutdown(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    await this.#connections.shutdown();
  }

  async #acceptAll(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#accepted(await this.#listener.accept());
      } catch (error) {
        if (!this.#isClosed && !isOver(error)) await this.#acceptFailed(error);
      }
    }
  }

  /** Out of descriptors, mostly: the connection stays in the system's queue until there is room. */
  async #acceptFailed(error: unknown): Promise<void> {
    const closed = this.#connections.makeRoom(ROOM_FOR);
    const count = this.#unaccepted.add();
    if (count > 0) {
      const { size: open } = this.#connections;
      log.warn("connections can't be accepted: trying again", { count, open, closed, error });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  #accepted(connection: Deno.TcpConn): void {
    const opened = this.#isClosed ? undefined : this.#connections.add(connection.remoteAddr.hostname);
    if (opened === undefined) return connection.close();
    this.#connections.serve(connection, opened).catch(() => {}).then(() => this.#connections.delete(opened));
  }
}

/** Whether an error says that a client was gone before its connection was accepted. */
function isOver(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.ConnectionReset;
}
