import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
// @ts-types="@types/ws"
import { type WebSocket, WebSocketServer } from "ws";
import { refuseCommon } from "./common_errors.ts";
import { cutOffEnded } from "./cut_off_ended.ts";
import { refuseUpgrade } from "./node_messages.ts";
import { serverRefusal } from "./server_refusal.ts";

/** A request that may become a WebSocket, and the connection that it came on. */
interface Offer {
  readonly incoming: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
}

/** How long a peer may take to answer a close, or to take what is unsent after its own end, before it is cut off. */
const closeTimeoutMs = 2_000;

/**
 * Turns requests of a server into WebSockets, by the package `ws`: its messages are bounded while they come in. It is not
 * in `mod.ts`, since that package reads variables when it is loaded, which GC may not.
 */
export class Upgrades {
  readonly #offers = new WeakMap<Request, Offer>();
  readonly #server: WebSocketServer;

  constructor({ maxMessageBytes }: { readonly maxMessageBytes: number }) {
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      closeTimeout: closeTimeoutMs,
    };
    this.#server = new WebSocketServer(options);
    // Without a listener `ws` answers in text, and without what every answer has.
    this.#server.on("wsClientError", (_error, stream, { headers }) => {
      refuseUpgrade(stream, serverRefusal(notUpgraded(), headers["x-request-id"])).catch(() =>
        stream.destroy()
      );
    });
  }

  /** For the server: what it needs to accept this request as a WebSocket. */
  offer(request: Request, offer: Offer): void {
    this.#offers.set(request, offer);
  }

  /** Whether the request's connection still waits for an answer. */
  isOffered(request: Request): boolean {
    return this.#offers.has(request);
  }

  /** Answers the request with a WebSocket of this subprotocol; `undefined` if it is no valid handshake. */
  accept(request: Request, protocol: string): WebSocket | undefined {
    const offer = this.#offers.get(request);
    if (offer === undefined) return undefined;
    const { incoming, stream, head } = offer;
    // `ws` parses the list more strictly than RFC 9110 §5.6.1 allows, so it gets the subprotocol that was chosen.
    incoming.headers["sec-websocket-protocol"] = protocol;
    let opened: WebSocket | undefined;
    this.#server.handleUpgrade(incoming, stream, head, (socket) => {
      cutOffEnded(stream, closeTimeoutMs);
      opened = socket;
    });
    // What is no valid handshake was answered, too.
    this.#offers.delete(request);
    return opened;
  }
}

/** Names the versions that `ws` speaks: the client's may be another one (RFC 6455 §4.4). */
function notUpgraded() {
  return refuseCommon("INVALID_REQUEST", {
    message: "The request is not a valid WebSocket handshake",
    headers: { "sec-websocket-version": "13, 8" },
  });
}
