import type { closeCodes } from "../../shared/protocol/mod.ts";

/** A close code of the protocol, or one of RFC 6455: normal closure, going away, internal error. */
export type CloseCode = typeof closeCodes[keyof typeof closeCodes] | 1000 | 1001 | 1011;

/** The receiver of a socket's frames. */
export interface ClientListener {
  /** A text frame within the limits. The listener must call `handled` once for each, or reading stops at its bound. */
  frame(text: string): void;
  /** A request beyond the limits, which the socket has answered with `RATE_LIMITED`; its type as the client wrote it. */
  refused?(type: string | null): void;
  closed(): void;
}

/**
 * One client's WebSocket. Both of its queues are bounded, in frames and in bytes: frames that were received and are not
 * handled yet, and frames that were sent and that the kernel has not taken.
 */
export interface ClientSocket {
  /** The client's address, read through trusted proxies. */
  readonly address: string;
  /** Sets the listener. It gets the frames that came before, and then the following ones. */
  listen(listener: ClientListener): void;
  /** Frees a handled frame's place in the queue. */
  handled(text: string): void;
  /** Sends frames now, after those that `sendSoon` holds, in one write where the socket can. Nothing once it closes. */
  send(...texts: readonly string[]): void;
  /** Sends frames at the end of the event loop's turn, together with all others of the turn. */
  sendSoon(...texts: readonly string[]): void;
  /**
   * Pings the client (RFC 6455 §5.5.2), behind all that was sent so far. The promise resolves with the pong: the client, or
   * a proxy that answers for it, has read that. Without a pong it never does. Null where the socket can't ping.
   */
  ping(): Promise<void> | null;
  /** Says that the client has joined, so that it no longer counts as unjoined. */
  settle(): void;
  /** Closes with a code; a client that doesn't answer the close is cut off where the socket can. */
  close(code: CloseCode, reason: string): void;
}

/** How much one client may send. */
export interface SocketLimits {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly bytesPerSecond: number;
  readonly byteBurst: number;
}
