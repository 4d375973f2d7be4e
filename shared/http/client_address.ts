import { isIP } from "node:net";
import type { AddressSet } from "./address_set.ts";

/**
 * The address that a request came from. `X-Forwarded-For` counts as far as the hops that wrote it are trusted:
 * read from the right, the first address that isn't a trusted proxy is the client.
 */
export function clientAddress(headers: Headers, peer: string, trusted: AddressSet): string {
  let address = plain(peer);
  if (!trusted.has(address)) return address;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => plain(hop.trim()));
  while (trusted.has(address)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** An IPv4 address that came in over an IPv6 socket, as the IPv4 address that it is. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
