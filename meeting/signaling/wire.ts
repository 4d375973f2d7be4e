import type { closeCodes } from "../../shared/protocol/mod.ts";

/** A close code of the protocol, or one of RFC 6455 for the usual ends. */
export type CloseCode = typeof closeCodes[keyof typeof closeCodes] | 1000 | 1001 | 1011;

/** Who wants to know what comes in over a wire. */
export interface WireListener {
  frame(data: unknown): void;
  closed(): void;
}

/** More unread frames than a client has reason to send before anybody could listen. */
const maxUnread = 64;
/** A client that reads slower than this much falls behind is cut off; it can resume. */
const maxUnsentBytes = 4 * 1024 * 1024;

/**
 * One client's WebSocket. Frames that arrive before the meeting is ready to listen are kept, since a client sends its
 * `join` as soon as the socket is open.
 */
export class Wire {
  readonly #socket: WebSocket;
  #listener: WireListener | null = null;
  #unread: unknown[] = [];
  #closed = false;
  /** Called once, when the client has joined or is gone. */
  onSettled: (() => void) | null = null;

  /** `address` is the client's. */
  constructor(socket: WebSocket, readonly address: string) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (this.#listener !== null) this.#listener.frame(data);
      else if (this.#unread.push(data) > maxUnread) this.close(1011, "too many frames before the answer");
    });
    const closed = () => {
      if (this.#closed) return;
      this.#closed = true;
      this.settle();
      this.#listener?.closed();
    };
    socket.addEventListener("close", closed);
    socket.addEventListener("error", closed);
  }

  /** Hears what came before, and then what comes. */
  listen(listener: WireListener): void {
    this.#listener = listener;
    for (const data of this.#unread.splice(0)) listener.frame(data);
    if (this.#closed) queueMicrotask(() => listener.closed());
  }

  /** Says that the client has joined. */
  settle(): void {
    this.onSettled?.();
    this.onSettled = null;
  }

  send(text: string): void {
    if (this.#closed || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > maxUnsentBytes) return this.close(1011, "reading too slowly");
    this.#socket.send(text);
  }

  close(code: CloseCode, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
    else if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.#socket.addEventListener("open", () => this.#socket.close(code, reason));
    }
  }
}
