import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { createServer as createTlsServer, Server as TlsServer } from "node:tls";
import { logger } from "../log/logger.ts";
import { type Certificate, isSame } from "../tls/certificate.ts";

export interface AcceptorTls extends Certificate {
  /** The protocols beyond TLS that a client may choose from (RFC 7301), the preferred one first. */
  readonly alpnProtocols?: readonly string[];
}

export interface AcceptorOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: AcceptorTls | null;
  /** How long a TLS handshake may take. */
  readonly handshakeMs: number;
  /** Called when a socket was accepted; with TLS nothing can be read from it yet. */
  readonly onAccepted: (socket: Socket) => void;
  /** Called when a socket can be read: at once, or after the TLS handshake. */
  readonly onReady: (socket: Socket) => void;
}

const probeTimeoutMs = 1_000;
const checkPeriodMs = 5_000;
const log = logger("acceptor");

/**
 * Owns a listening socket. When the process runs out of descriptors, the runtime stops accepting for good and reports no
 * error. So the owner calls `check` every few seconds, or `checkIfDue` more often; it listens again when connections are no
 * longer accepted.
 */
export class Acceptor {
  readonly #options: AcceptorOptions;
  #tls: AcceptorTls | null;
  #server: Server;
  #port = 0;
  #accepted = 0;
  #checking = false;
  #checkDueMs = 0;
  #closed = false;

  private constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#tls = options.tls;
    this.#server = this.#newServer();
  }

  /** Rejects if it can't listen on the address and port. */
  static async listen(options: AcceptorOptions): Promise<Acceptor> {
    const acceptor = new Acceptor(options);
    await acceptor.#listen(options.port);
    return acceptor;
  }

  get port(): number {
    return this.#port;
  }

  /** Checks, if the last check by this method is some seconds ago. */
  checkIfDue(nowMs: number): void {
    if (nowMs < this.#checkDueMs) return;
    this.#checkDueMs = nowMs + checkPeriodMs;
    this.check().catch((error) => log.error("can't check the listener", { port: this.#port, error }));
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

  /** Uses another certificate for the connections that come from now on. */
  useCertificate(certificate: Certificate): void {
    if (!(this.#server instanceof TlsServer) || (this.#tls !== null && isSame(certificate, this.#tls))) {
      return;
    }
    this.#server.setSecureContext(certificate);
    this.#tls = { ...this.#tls, ...certificate };
  }

  close(): void {
    this.#closed = true;
    this.#server.close();
  }

  /** Whether a connection of our own is accepted; true also when it fails otherwise than refused, which shows nothing. */
  async #acceptsProbe(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const probe = connect({ host: this.#options.hostname, port: this.#port });
    // After a long turn the timer fires before pending connections are accepted, so it waits for one more turn.
    const timer = setTimeout(() => setImmediate(() => resolve(this.#accepted > 0)), probeTimeoutMs);
    probe.on("error", (error) => {
      log.warn("can't tell whether connections are accepted", { port: this.#port, error: error.message });
      resolve(!isRefused(error));
    });
    const server = this.#server;
    const accepted = () => resolve(true);
    server.once("connection", accepted);
    const accepts = await promise;
    clearTimeout(timer);
    server.off("connection", accepted);
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
    const { handshakeMs, onAccepted, onReady } = this.#options;
    const tls = this.#tls;
    const server = tls === null ? createServer({ noDelay: true }) : createTlsServer({
      cert: tls.cert,
      key: tls.key,
      noDelay: true,
      handshakeTimeout: handshakeMs,
      ...(tls.alpnProtocols && { ALPNProtocols: [...tls.alpnProtocols] }),
    });
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
