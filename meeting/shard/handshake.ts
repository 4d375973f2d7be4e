import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { BEARER_PREFIX, SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import type { CloseCode } from "../signaling/client_socket.ts";

/** Where a shard's clients open their WebSocket. */
export const signalingPath = "/signaling";

/** What a client shows when it wants to open a WebSocket. */
export interface Handshake {
  /** The page it comes from; `null` for a client that is no browser. */
  readonly origin: string | null;
  /** The subprotocols that it offers, in its order. */
  readonly offered: readonly string[];
  /** The client's, through trusted proxies. */
  readonly address: string;
}

/** Lets go of the place that a handshake has taken among those of its address and subject. */
export type Release = () => void;

/** What becomes of a handshake. A WebSocket can only be told why once it is open, so some are opened and closed. */
export type HandshakeAnswer =
  | {
    readonly kind: "refused";
    readonly status: 400 | 403 | 429 | 503;
    readonly code: string;
    readonly message: string;
  }
  | {
    readonly kind: "closed";
    readonly code: CloseCode;
    readonly reason: string;
    readonly release: Release;
  }
  | { readonly kind: "accepted"; readonly claims: MeetingTokenClaims; readonly release: Release };

/** The subprotocols of `Sec-WebSocket-Protocol`, of one line or of several that were joined: a list (RFC 9110 §5.6.1). */
export function offeredSubprotocols(header: string | null | undefined): string[] {
  return (header ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "");
}

/** The token among the offered subprotocols: `darktower.v1, bearer.…`, in any order. */
export function bearer({ offered }: Handshake): string | null {
  if (!offered.includes(SUBPROTOCOL)) return null;
  return offered.find((one) => one.startsWith(BEARER_PREFIX))?.slice(BEARER_PREFIX.length) ?? null;
}
