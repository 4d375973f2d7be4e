import { createServer, type IncomingMessage, type Server } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Buffer } from "node:buffer";
// @ts-types="@types/ws"
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";
import {
  Acceptor,
  type AddressSet,
  addressSet,
  forwardedAddress,
  normalPath,
} from "../../shared/http/mod.ts";
import { targetOf } from "../../shared/http/node_messages.ts";
import { logger } from "../../shared/log/mod.ts";
import { SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import { limits as textLimits } from "../../shared/protocol/text.ts";
import type { Certificate } from "../../shared/tls/mod.ts";
import { BoundedSocket, ownCloseCode } from "../signaling/bounded_socket.ts";

import { badHandshake } from "./doorway.ts";
import { offeredSubprotocols, type Release } from "./handshake.ts";
import {
  answerPlain,
  isHandshake,
  notUpgraded,
  plainAnswer,
  refuseUpgrade,
  type RequestFacts,
  toPlainAnswer,
} from "./plain_answer.ts";
import type { SignalingPort, SignalingPortOptions } from "./signaling_port.ts";
import { WaitingSockets } from "./waiting_sockets.ts";

/** Room for a token of 8 KiB and the headers that browsers and proxies add. */
const maxHeaderBytes = 16 * 1024;
/** How long a client may take to answer a close, or to read what is unsent after its own end, before it is cut off. */
const closeTimeoutMs = 2_000;
/** The most fragments of a message, and chunks of a frame; both cost memory besides their bytes. */
const maxFragments = 256;
const maxChunks = 1_024;
/** The most pongs that the kernel has not taken. The limit on messages is reached before it. */
const maxPongs = 256;
const log = logger("signaling port");

/** A WebSocket that closes with the protocol's own codes when a client breaks the limits of `ws`. */
class SignalingWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === undefined ? undefined : ownCloseCode(code), reason);
  }
}

const webSocketOptions: ServerOptions<typeof SignalingWebSocket> & {
  readonly closeTimeout: number;
  readonly maxPendingAutoPongs: number;
} = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: textLimits.frameBytes,
  maxFragments,
  maxBufferedChunks: maxChunks,
  maxPendingAutoPongs: maxPongs,
  closeTimeout: closeTimeoutMs,
  WebSocket: SignalingWebSocket,
};

/** A signaling port by `node:http` and the package `ws`, whose bounds hold while a message comes in. */
export class BoundedPort implements SignalingPort {
  readonly #options: SignalingPortOptions;
  readonly #proxies: AddressSet;
  readonly #waiting: WaitingSockets;
  readonly #http: Server;
  readonly #webSockets = new WebSocketServer(webSocketOptions);
  readonly #allGone = Promise.withResolvers<void>();
  #acceptor: Acceptor | null = null;
  #open = 0;
  #turnedAway = 0;
  #closed = false;

  private constructor(options: SignalingPortOptions) {
    this.#options = options;
    this.#proxies = addressSet(options.trustedProxies);
    this.#waiting = new WaitingSockets(options.limits, this.#proxies, options.now);
    // A request without a host gets its refusal here: that of `node:http` has nothing of what every answer has.
    this.#http = createServer({ maxHeaderSize: maxHeaderBytes, requireHostHeader: false });
    this.#http.on("request", (request, response) => {
      answerPlain(response, plainAnswer(facts(request)), idOf(request));
    });
    // Without a listener `ws` answers in text, and without what every answer has.
    this.#webSockets.on("wsClientError", (_error, stream, request) => {
      refuseUpgrade(stream, notUpgraded(request.method), idOf(request));
    });
    this.#http.on("clientError", (_error, stream) => refuseUpgrade(stream, toPlainAnswer(badHandshake())));
    this.#http.on("upgrade", (request, stream, head) => void this.#upgrade(request, stream, head));
  }

  /** Rejects if it can't listen on the address and port. */
  static async listen(options: SignalingPortOptions): Promise<BoundedPort> {
    const { hostname, port, tls, limits } = options;
    const opened = new BoundedPort(options);
    opened.#acceptor = await Acceptor.listen({
      hostname,
      port,
      tls,
      handshakeMs: limits.waitingMs,
      onAccepted: (socket) => opened.#accepted(socket),
      onReady(socket) {
        if (tls !== null) opened.#waiting.secured(socket);
        opened.#http.emit("connection", socket);
      },
    });
    return opened;
  }

  get port(): number {
    return this.#acceptor?.port ?? 0;
  }

  async check(): Promise<void> {
    this.#waiting.cutOff(this.#options.now());
    if (this.#turnedAway > 0) {
      log.warn("too many open sockets: some were turned away", { count: this.#turnedAway, open: this.#open });
      this.#turnedAway = 0;
    }
    await this.#acceptor?.check();
  }

  useCertificate(certificate: Certificate): void {
    this.#acceptor?.useCertificate(certificate);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#acceptor?.close();
    this.#waiting.cutOff();
    if (this.#open === 0) this.#allGone.resolve();
    return this.#allGone.promise;
  }

  #accepted(socket: Socket): void {
    socket.on("error", destroy);
    this.#open++;
    socket.once("close", this.#gone);
    if (!this.#closed && this.#open <= this.#options.limits.sockets && this.#waiting.add(socket)) return;
    this.#turnedAway++;
    socket.destroy();
  }

  readonly #gone = (): void => {
    this.#open--;
    if (this.#closed && this.#open === 0) this.#allGone.resolve();
  };

  async #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on("error", destroy);
    if (!(stream instanceof Socket)) return void stream.destroy();
    const { headers } = request;
    const id = idOf(request);
    if (!isHandshake(facts(request))) return refuseUpgrade(stream, plainAnswer(facts(request)), id);
    const forwardedFor = headers["x-forwarded-for"];
    const address = forwardedAddress(
      {
        forwardedFor: Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor ?? null,
        forwarded: headers.forwarded ?? null,
      },
      stream.remoteAddress ?? "",
      this.#proxies,
    );
    const offered = offeredSubprotocols(headers["sec-websocket-protocol"]);
    const answer = await this.#options.knock({ address, offered, origin: headers.origin ?? null });
    if (answer.kind === "refused") return refuseUpgrade(stream, toPlainAnswer(answer), id);
    // `ws` parses lists more strictly than RFC 9110 §5.6.1 allows, so it gets what was chosen of each.
    headers["sec-websocket-protocol"] = SUBPROTOCOL;
    headers.upgrade = "websocket";
    const socket = this.#opened(request, stream, head, address, answer.release);
    // The request was no valid handshake, or its client is gone; it was answered.
    if (socket === null) return answer.release();
    if (answer.kind === "closed") socket.close(answer.code, answer.reason);
    else this.#options.enter(socket, answer.claims);
  }

  #opened(
    request: IncomingMessage,
    stream: Socket,
    head: Buffer,
    address: string,
    onSettled: Release,
  ): BoundedSocket | null {
    this.#waiting.leave(stream);
    let opened: BoundedSocket | null = null;
    this.#webSockets.handleUpgrade(request, stream, head, (webSocket) => {
      const { socketLimits: limits, now } = this.#options;
      opened = new BoundedSocket(webSocket, stream, { address, limits, now, onSettled, closeTimeoutMs });
    });
    return opened;
  }
}

function facts(request: IncomingMessage): RequestFacts {
  const { method = "", headers, httpVersion } = request;
  const { host, path: target } = targetOf(request);
  const [path = ""] = target.split("?");
  // Before HTTP/1.1 there was no upgrade: what asks for one is to be ignored (RFC 9110 §7.8).
  const upgrade = httpVersion === "1.0" ? undefined : headers.upgrade;
  return { path: normalPath(path), method, host, upgrade };
}

function idOf({ headers }: IncomingMessage): unknown {
  return headers["x-request-id"];
}

function destroy(this: Duplex): void {
  this.destroy();
}
