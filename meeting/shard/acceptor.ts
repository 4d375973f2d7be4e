import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { createServer as createTlsServer } from "node:tls";
import { logger } from "../../shared/log/mod.ts";

export interface AcceptorOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** How long TLS may take to begin. */
  readonly handshakeMs: number;
  /** A socket was accepted; with TLS it says nothing yet. */
  readonly onAccepted: (socket: Socket) => void;
  /** A socket can be read: at once, or when TLS stands. */
  readonly onReady: (socket: Socket) => void;
}

const probeTimeoutMs = 1_000;
const log = logger("acceptor");

/**
 * Owns a listening socket. When the process is out of descriptors the runtime stops accepting for good and tells
 * nobody; so whoever holds this calls `check` every few seconds, which listens again once nothing is accepted any more.
 */
export class Acceptor {
  readonly #options: AcceptorOptions;
  #server: Server;
  #port = 0;
  #accepted = 0;
  #checking = false;
  #closed = false;

  private constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#server = this.#newServer();
  }

  /** Rejects if the address or port can't be had. */
  static async listen(options: AcceptorOptions): Promise<Acceptor> {
    const acceptor = new Acceptor(options);
    await acceptor.#listen(options.port);
    return acceptor;
  }

  get port(): number {
    return this.#port;
  }

  async check(): Promise<void> {
    if (this.#checking || this.#closed) return;
    this.#checking = true;
    try {
      const isAccepting = this.#accepted > 0 || await this.#acceptsProbe();
      this.#accepted = 0;
      if (!isAccepting && !this.#closed) await this.#listenAgain();
    } finally {
      this.#checking = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#server.close();
  }

  /** Whether a connection of our own is accepted; also when none can be made, which says nothing. */
  async #acceptsProbe(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const probe = connect({ host: this.#options.hostname, port: this.#port });
    // An isolate that was busy for as long has not had the turn yet in which it would have accepted.
    const timer = setTimeout(() => setImmediate(() => resolve(this.#accepted > 0)), probeTimeoutMs);
    probe.on("error", (error) => {
      log.warn("can't tell whether connections are accepted", { port: this.#port, error: error.message });
      resolve(isRefused(error) ? false : true);
    });
    this.#server.once("connection", () => resolve(true));
    const accepts = await promise;
    clearTimeout(timer);
    probe.destroy();
    return accepts;
  }

  async #listenAgain(): Promise<void> {
    log.warn("connections were not accepted any more: listening again", { port: this.#port });
    this.#server.close();
    this.#server = this.#newServer();
    try {
      await this.#listen(this.#port);
    } catch (error) {
      log.warn("can't listen", { port: this.#port, error });
    }
  }

  #newServer(): Server {
    const { tls, handshakeMs, onAccepted, onReady } = this.#options;
    const server = tls === null
      ? createServer({ noDelay: true })
      : createTlsServer({ ...tls, noDelay: true, handshakeTimeout: handshakeMs });
    server.on("connection", (socket: Socket) => {
      this.#accepted++;
      onAccepted(socket);
      if (tls === null && !socket.destroyed) onReady(socket);
    });
    server.on("secureConnection", onReady);
    server.on("tlsClientError", (_error: Error, socket: Socket) => void socket.destroy());
    return server;
  }

  #listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const server = this.#server;
    server.once("error", reject);
    server.listen({ host: this.#options.hostname, port, backlog: 511 }, () => {
      server.off("error", reject);
      server.on("error", (error) => log.warn("a listener failed", { port, error }));
      const address = server.address();
      if (address !== null && typeof address === "object") this.#port = address.port;
      resolve();
    });
    return promise;
  }
}

function isRefused(error: Error): boolean {
  return "code" in error && error.code === "ECONNREFUSED";
}
