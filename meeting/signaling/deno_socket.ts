import { closeCodes, isFrameTooLarge } from "../../shared/protocol/mod.ts";
import type { CloseCode } from "./client_socket.ts";
import { LimitedSocket, type LimitedSocketOptions } from "./limited_socket.ts";

/**
 * A client's socket by the runtime. The runtime delivers whole messages of any size, can't stop reading, and can't cut a
 * client off, so this socket is not the default. It is here for the day when the runtime has such bounds.
 */
export class DenoSocket extends LimitedSocket {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, options: LimitedSocketOptions) {
    super(options);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") this.receivedBinary();
      else if (isFrameTooLarge(data)) this.close(closeCodes.frameTooLarge, "frame is larger than 64 KiB");
      else this.received(data);
    });
    const gone = () => this.gone();
    socket.addEventListener("close", gone);
    socket.addEventListener("error", gone);
  }

  protected override get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  protected override transmit(texts: readonly string[]): void {
    if (this.#socket.readyState === WebSocket.OPEN) {
      for (const text of texts) this.#socket.send(text);
    }
    // The runtime only tells how many bytes are unsent, so the bound of frames doesn't apply here.
    this.taken(texts.length);
  }

  /** The runtime sends no pings of ours. */
  protected override transmitPing(): null {
    return null;
  }

  protected override hangUp(code: CloseCode, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
    else if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.#socket.addEventListener("open", () => this.#socket.close(code, reason));
    }
  }

  /** The runtime can't stop reading: only the limits per second bound what a client sends. */
  protected override pauseReading(): void {}

  protected override resumeReading(): void {}
}
