import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { BEARER_PREFIX, SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import type { CloseCode } from "../signaling/client_socket.ts";

/** The path of a shard's WebSocket. */
export const signalingPath = "/signaling";

/** The parts of a WebSocket handshake that decide about it. */
export interface Handshake {
  /** The origin of the page; `null` for a client that is no browser. */
  readonly origin: string | null;
  /** The offered subprotocols, in the client's order. */
  readonly offered: readonly string[];
  /** The client's address, read through trusted proxies. */
  readonly address: string;
}

/** Frees the place that a handshake has taken in the counts of its address and its subject. */
export type Release = () => void;

/** The decision on a handshake. `closed`: the WebSocket is opened and closed at once, since only so the client reads a code. */
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
