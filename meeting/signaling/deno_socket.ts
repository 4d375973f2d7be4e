import { closeCodes, isFrameTooLarge } from "../../shared/protocol/mod.ts";
import type { CloseCode } from "./client_socket.ts";
import { LimitedSocket, type LimitedSocketOptions } from "./limited_socket.ts";

/**
 * A client's socket by the runtime. It hands over whole messages, however large, can't stop reading, and can't be cut
 * off: it is for the day when the runtime has these bounds.
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
    // Only bytes are told by it; their bound holds.
    this.taken(texts.length);
  }

  protected override hangUp(code: CloseCode, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
    else if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.#socket.addEventListener("open", () => this.#socket.close(code, reason));
    }
  }

  /** The runtime reads on: the limits of what a client may send in a second are what holds here. */
  protected override pauseReading(): void {}

  protected override resumeReading(): void {}
}
