import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { Certificate } from "../../shared/tls/mod.ts";
import type { ClientSocket, SocketLimits } from "../signaling/client_socket.ts";
import type { Handshake, HandshakeAnswer } from "./handshake.ts";

/** The limits on a shard port's sockets. */
export interface PortLimits {
  /** The most open sockets. */
  readonly sockets: number;
  /** The most sockets that have not become a WebSocket. */
  readonly waiting: number;
  /** The same for one address, unless it is a trusted proxy's. */
  readonly waitingPerAddress: number;
  /** How long a socket may take to become a WebSocket. */
  readonly waitingMs: number;
}

export interface SignalingPortOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: Certificate | null;
  /** Addresses and networks of proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly limits: PortLimits;
  readonly socketLimits: SocketLimits;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Decides a handshake. */
  readonly knock: (handshake: Handshake) => Promise<HandshakeAnswer>;
  /** Called with the socket of each client whose handshake was accepted. */
  readonly enter: (socket: ClientSocket, claims: MeetingTokenClaims) => void;
}

/** A shard's listener. It serves signaling and `GET /health`, and nothing else. */
export interface SignalingPort {
  readonly port: number;
  /** To be called every few seconds: cuts off sockets that waited too long, and listens again if accepting has stopped. */
  check(): Promise<void>;
  /** Uses another certificate for the connections that come from now on. */
  useCertificate(certificate: Certificate): void;
  /** Stops listening; resolves when the last socket is gone. */
  close(): Promise<void>;
}
