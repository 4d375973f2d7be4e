import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
// @ts-types="@types/ws"
import type { WebSocket } from "ws";
import { cutOffEnded } from "../../shared/http/cut_off_ended.ts";
import { closeCodes } from "../../shared/protocol/mod.ts";
import type { CloseCode } from "./client_socket.ts";
import { LimitedSocket, type LimitedSocketOptions } from "./limited_socket.ts";
import { serverFrames } from "./server_frames.ts";

/** How much is read after a close: a client in the middle of a message that is too large still reads the close code. */
const maxRestBytes = 1024 * 1024;

export interface BoundedSocketOptions extends LimitedSocketOptions {
  /** How long a client that has ended its side may take to read what is unsent. */
  readonly closeTimeoutMs: number;
}

/** A client's socket by the package `ws`. Messages are bounded while they come in; a socket that stays open is cut off. */
export class BoundedSocket extends LimitedSocket {
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  #pings = 0;
  /** Of the latest ping, until its pong has come. */
  #awaited: { readonly payload: string; readonly resolve: () => void } | null = null;

  /** `stream` is the TCP or TLS stream below `socket`. */
  constructor(socket: WebSocket, stream: Socket, options: BoundedSocketOptions) {
    super(options);
    this.#socket = socket;
    this.#stream = stream;
    socket.on("message", (data, isBinary) => {
      if (isBinary || !isBuffer(data)) this.receivedBinary();
      else this.received(data);
    });
    socket.on("ping", (data) => this.receivedControl(data.length));
    socket.on("pong", (data) => {
      this.receivedControl(data.length);
      this.#takePong(data.toString());
    });
    // `ws` has sent its close frame before this event.
    socket.on("error", () => this.#limitRest());
    socket.on("close", () => this.gone());
    cutOffEnded(stream, options.closeTimeoutMs);
  }

  protected override get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  protected override transmit(texts: readonly string[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // `ws` writes a frame in two parts, each with its own state and callback. Its frames are whole, and so are these.
    this.#stream.write(serverFrames(texts), () => this.taken(texts.length));
  }

  protected override transmitPing(): Promise<void> {
    const payload = `ping ${++this.#pings}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { payload, resolve };
    this.#socket.ping(payload);
    return promise;
  }

  /** A client may send pongs that nobody has asked for (RFC 6455 §5.5.3). */
  #takePong(payload: string): void {
    const awaited = this.#awaited;
    if (awaited?.payload !== payload) return;
    this.#awaited = null;
    awaited.resolve();
  }

  protected override hangUp(code: CloseCode, reason: string): void {
    this.#socket.close(code, reason);
    this.#limitRest();
  }

  /** Reads on for the answer to a close, up to `maxRestBytes`. */
  #limitRest(): void {
    const stream = this.#stream;
    const untilByte = stream.bytesRead + maxRestBytes;
    stream.on("data", () => {
      if (stream.bytesRead > untilByte) stream.destroy();
    });
  }

  protected override pauseReading(): void {
    this.#socket.pause();
  }

  protected override resumeReading(): void {
    this.#socket.resume();
  }
}

/** This protocol's close code for a code of RFC 6455 with which `ws` ends a connection that breaks its limits. */
export function ownCloseCode(code: number): number {
  if (code === 1009) return closeCodes.frameTooLarge;
  // 1002: a malformed frame; 1007: text that is no UTF-8; 1008: too many fragments.
  return code === 1002 || code === 1007 || code === 1008 ? closeCodes.malformed : code;
}

/** With the default `binaryType` of `ws`, a message is one `Buffer`. */
function isBuffer(data: Buffer | ArrayBuffer | Buffer[]): data is Buffer {
  return data instanceof Uint8Array;
}
