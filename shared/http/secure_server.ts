import { connect, type Socket } from "node:net";
import { logger } from "../log/logger.ts";
import { belongTogether, type Certificate } from "../tls/certificate.ts";
import { Acceptor } from "./acceptor.ts";
import { innerSocket } from "./inner_socket.ts";
import type { OpenConnection } from "./open_connections.ts";
import { peerName } from "./peer_name.ts";
import { ServedConnections, type ServedConnectionsOptions } from "./served_connections.ts";

export interface SecureServerOptions extends ServedConnectionsOptions {
  readonly hostname: string;
  readonly port: number;
  readonly certificate: Certificate;
  /** A folder of this process alone. */
  readonly folder: string;
}

/** A client's connection. Its socket is the bare one, and the one by TLS once the handshake is done. */
interface Peer {
  socket: Socket;
  readonly from: Deno.NetAddr;
  readonly opened: OpenConnection;
}

/** The pause after an inner connection could not be taken: mostly for want of descriptors. */
const RETRY_MS = 100;
const TICKET_BYTES = 36;
/** `unix(7)`: the path of a socket has 107 bytes at most. */
export const MOST_FOLDER_BYTES = 107 - "/tls-65535.sock".length;
const log = logger("http");

/**
 * An HTTP server by TLS whose connections are limited in number and time, their handshakes included. The runtime's own
 * listener begins a handshake as it accepts, and can't break it off: such a socket stays until its client goes. So
 * `node:tls` accepts and decrypts here, and a connection whose handshake is done goes on over a Unix socket of this
 * process to the runtime's HTTP server.
 */
export class SecureServer {
  readonly #connections: ServedConnections;
  readonly #path: string;
  #inner: Deno.UnixListener | undefined;
  readonly #peers = new Map<string, Peer>();
  /** Connections on their way to the inner listener, by what they say there first. */
  readonly #tickets = new Map<string, Peer>();
  #acceptor: Acceptor | undefined;
  #isClosed = false;

  private constructor(options: SecureServerOptions) {
    this.#path = innerSocket(options);
    this.#connections = new ServedConnections(options, () => this.#acceptor?.checkIfDue(performance.now()));
  }

  /** Rejects if it can't listen on the address and port, or in the folder. */
  static async listen(options: SecureServerOptions): Promise<SecureServer> {
    const server = new SecureServer(options);
    const { hostname, port, certificate: tls, limits } = options;
    try {
      server.#acceptor = await Acceptor.listen({
        hostname,
        port,
        tls: { ...tls, alpnProtocols: ["h2", "http/1.1"] },
        // The limit on the time until a first request is shorter, and is checked all the time.
        handshakeMs: 2 * (limits?.headersMs ?? 60_000),
        onAccepted: (socket) => server.#accepted(socket),
        onReady: (socket) => server.#secured(socket),
      });
      // The port is this process's own now, and so is a socket that one before has left.
      server.#listenWithin();
    } catch (error) {
      server.#close();
      throw error;
    }
    return server;
  }

  get port(): number {
    return this.#acceptor?.port ?? 0;
  }

  /** Uses another certificate from the next connection on. Throws if it is of no use; the one before stays then. */
  useCertificate(certificate: Certificate): void {
    if (!belongTogether(certificate.cert, certificate.key)) {
      throw new TypeError("a certificate and another one's key");
    }
    this.#acceptor?.useCertificate(certificate);
  }

  /** Stops listening, and resolves when the requests under way are answered. */
  async shutdown(): Promise<void> {
    this.#isClosed = true;
    this.#acceptor?.close();
    await this.#connections.shutdown();
    for (const { socket } of this.#peers.values()) socket.destroy();
    this.#close();
  }

  #listenWithin(): void {
    removeIfThere(this.#path);
    const inner = Deno.listen({ transport: "unix", path: this.#path });
    this.#inner = inner;
    this.#takeAll(inner);
  }

  #close(): void {
    this.#isClosed = true;
    this.#acceptor?.close();
    this.#connections.stop();
    if (this.#inner === undefined) return;
    this.#inner.close();
    removeIfThere(this.#path);
  }

  #accepted(socket: Socket): void {
    socket.on("error", destroy);
    const { remoteAddress: hostname, remotePort: port } = socket;
    const opened = hostname === undefined || this.#isClosed ? undefined : this.#connections.add(hostname);
    if (hostname === undefined || port === undefined || opened === undefined) return void socket.destroy();
    const name = peerName(socket);
    const peer = { socket, from: { transport: "tcp" as const, hostname, port }, opened };
    this.#peers.set(name, peer);
    opened.ending.addEventListener("abort", () => void peer.socket.destroy());
    socket.once("close", () => {
      this.#connections.delete(opened);
      // The client may have come back from the same port before this was told.
      if (this.#peers.get(name) === peer) this.#peers.delete(name);
    });
  }

  #secured(secure: Socket): void {
    secure.on("error", destroy);
    const peer = this.#peers.get(peerName(secure));
    if (peer === undefined || this.#isClosed) return void secure.destroy();
    peer.socket = secure;
    const ticket = crypto.randomUUID();
    this.#tickets.set(ticket, peer);
    const inner = connect({ path: this.#path });
    inner.on("error", () => void secure.destroy());
    inner.write(ticket);
    secure.pipe(inner).pipe(secure);
    secure.once("close", () => {
      this.#tickets.delete(ticket);
      inner.destroy();
    });
  }

  async #takeAll(inner: Deno.UnixListener): Promise<void> {
    while (!this.#isClosed) {
      try {
        const connection = await inner.accept();
        this.#take(connection).catch((error) => log.debug("a connection by TLS broke off", { error }));
      } catch (error) {
        if (this.#isClosed) return;
        log.warn("a connection by TLS can't be taken", { error });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #take(connection: Deno.UnixConn): Promise<void> {
    const ticket = await readTicket(connection);
    const peer = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (peer === undefined) return connection.close();
    await this.#connections.servePassedOn(connection, peer.opened, peer.from);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function readTicket(connection: Deno.UnixConn): Promise<string> {
  const bytes = new Uint8Array(TICKET_BYTES);
  for (let length = 0; length < TICKET_BYTES;) {
    const more = await connection.read(bytes.subarray(length));
    if (more === null) break;
    length += more;
  }
  return new TextDecoder().decode(bytes);
}

function destroy(this: Socket): void {
  this.destroy();
}
