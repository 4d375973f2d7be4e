import type { closeCodes } from "../../shared/protocol/mod.ts";

/** A close code of the protocol, or one of RFC 6455 for the usual ends. */
export type CloseCode = typeof closeCodes[keyof typeof closeCodes] | 1000 | 1001 | 1011;

/** Who wants to know what comes in over a socket. */
export interface ClientListener {
  /** A text frame within the limits. `handled` must follow once for each, or reading stops at its bound. */
  frame(text: string): void;
  closed(): void;
}

/**
 * One client's WebSocket. Everything that is queued for it is bounded, in frames and in bytes: what was received and is
 * not handled yet, and what was sent and has not been taken by the kernel.
 */
export interface ClientSocket {
  /** The client's, through trusted proxies. */
  readonly address: string;
  /** Hears what came before, and then what comes. */
  listen(listener: ClientListener): void;
  /** Says that a frame was handled; its place in the queue is free again. */
  handled(text: string): void;
  /** Sends frames in one write where the socket can. Does nothing once the socket closes. */
  send(...texts: readonly string[]): void;
  /** Says that the client has joined: it counts no longer among those that have not. */
  settle(): void;
  /** Closes with a code; a client that doesn't answer the close is cut off where the socket can. */
  close(code: CloseCode, reason: string): void;
}

/** What one client may send, and what may be queued for it. */
export interface SocketLimits {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly bytesPerSecond: number;
  readonly byteBurst: number;
}
