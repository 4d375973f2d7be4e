import type { Socket } from "node:net";

/** The other end of a connection; the same for a bare socket and for the one by TLS on it. */
export function peerName({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
