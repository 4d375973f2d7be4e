import type { LinkSocket } from "../../../../shared/actor/mod.ts";

type Listener = (event: { readonly data: unknown }) => void;

/** One end of a connection in memory: text arrives later, in order, as over a network. */
class MemorySocket implements LinkSocket {
  readyState: number = WebSocket.OPEN;
  peer: MemorySocket | null = null;
  readonly #listeners = {
    message: [] as Listener[],
    open: [] as Listener[],
    close: [] as Listener[],
    error: [] as Listener[],
  };

  send(text: string): void {
    const { peer } = this;
    queueMicrotask(() => {
      if (peer?.readyState === WebSocket.OPEN) peer.#emit("message", text);
    });
  }

  close(): void {
    const { peer } = this;
    this.#end();
    queueMicrotask(() => peer !== null && peer.#end());
  }

  addEventListener(type: "message" | "open" | "close" | "error", listener: Listener): void {
    this.#listeners[type].push(listener);
  }

  #end(): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#emit("close", undefined);
  }

  #emit(type: "message" | "close", data: unknown): void {
    for (const listener of this.#listeners[type]) listener({ data });
  }
}

/** Two ends of one connection. */
export function socketPair(): [LinkSocket, LinkSocket] {
  const [one, other] = [new MemorySocket(), new MemorySocket()];
  one.peer = other;
  other.peer = one;
  return [one, other];
}
