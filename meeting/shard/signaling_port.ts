import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { ClientSocket, SocketLimits } from "../signaling/client_socket.ts";
import type { Handshake, HandshakeAnswer } from "./handshake.ts";

/** How many sockets a shard's port holds. */
export interface PortLimits {
  /** All of them. */
  readonly sockets: number;
  /** Those that have not become a WebSocket, of all addresses. */
  readonly waiting: number;
  /** Those of one address, unless it is a trusted proxy's. */
  readonly waitingPerAddress: number;
  /** How long a socket may take to become a WebSocket. */
  readonly waitingMs: number;
}

export interface SignalingPortOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Certificate chain and private key, PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Addresses and networks of proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly limits: PortLimits;
  readonly socketLimits: SocketLimits;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Decides about a handshake. */
  readonly knock: (handshake: Handshake) => Promise<HandshakeAnswer>;
  /** Gets the socket of a client that was let in. */
  readonly enter: (socket: ClientSocket, claims: MeetingTokenClaims) => void;
}

/** A shard's listener: it does nothing but signaling, and `GET /health` for whoever asks whether the shard lives. */
export interface SignalingPort {
  readonly port: number;
  /** To be called every few seconds: cuts off what has waited too long, and listens again where that has ended. */
  check(): Promise<void>;
  /** Stops listening; resolves when the last socket is gone. */
  close(): Promise<void>;
}
