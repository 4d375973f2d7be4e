import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
// @ts-types="@types/ws"
import type { WebSocket } from "ws";
import { closeCodes } from "../../shared/protocol/mod.ts";
import type { CloseCode } from "./client_socket.ts";
import { LimitedSocket, type LimitedSocketOptions } from "./limited_socket.ts";

/** What may still come after a close: a client that is in the middle of something too large is to hear why. */
const maxRestBytes = 1024 * 1024;

/** A client's socket by the package `ws`: messages are bounded while they come in, and whoever stays is cut off. */
export class BoundedSocket extends LimitedSocket {
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  readonly #taken = () => this.taken(1);

  /** `stream` is what `socket` writes to. */
  constructor(socket: WebSocket, stream: Socket, options: LimitedSocketOptions) {
    super(options);
    this.#socket = socket;
    this.#stream = stream;
    socket.on("message", (data, isBinary) => {
      if (isBinary || !isBuffer(data)) this.receivedBinary();
      else this.received(data);
    });
    const control = (data: Buffer) => this.receivedControl(data.length);
    socket.on("ping", control);
    socket.on("pong", control);
    // `ws` has sent its close by then.
    socket.on("error", () => this.#limitRest());
    socket.on("close", () => this.gone());
  }

  protected override get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  protected override transmit(texts: readonly string[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#stream.cork();
    for (const text of texts) this.#socket.send(text, this.#taken);
    this.#stream.uncork();
  }

  protected override hangUp(code: CloseCode, reason: string): void {
    this.#socket.close(code, reason);
    this.#limitRest();
  }

  /** Reads on for the answer to a close, but not for ever. */
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

/** The codes of RFC 6455 with which `ws` ends what breaks its limits, as this protocol has them. */
export function ownCloseCode(code: number): number {
  if (code === 1009) return closeCodes.frameTooLarge;
  // A malformed frame, one that is no UTF-8, too many fragments.
  return code === 1002 || code === 1007 || code === 1008 ? closeCodes.malformed : code;
}

/** With the binary type that `ws` has from the start, a message is one `Buffer`. */
function isBuffer(data: Buffer | ArrayBuffer | Buffer[]): data is Buffer {
  return data instanceof Uint8Array;
}
