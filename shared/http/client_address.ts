import { isIP, isIPv6 } from "node:net";
import type { AddressSet } from "./address_set.ts";

/** The address that a request came from, as `forwardedAddress` has it. */
export function clientAddress(headers: Headers, peer: string, trusted: AddressSet): string {
  return forwardedAddress(headers.get("x-forwarded-for") ?? "", peer, trusted);
}

/**
 * The address of the client behind the connection of `peer`. `X-Forwarded-For` counts as far as the hops that wrote it are
 * trusted: read from the right, the first address that isn't a trusted proxy is the client. The result has one spelling
 * for an address with or without port, brackets, capitals, or the IPv6 form of an IPv4 address.
 */
export function forwardedAddress(forwardedFor: string, peer: string, trusted: AddressSet): string {
  let address = canonical(peer);
  if (!trusted.has(address)) return address;
  const hops = forwardedFor.split(",").map((hop) => canonical(withoutPort(hop.trim())));
  while (trusted.has(address)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** A hop's address without its port: `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5678`. */
function withoutPort(hop: string): string {
  const bare = hop.replace(/^"(.*)"$/, "$1");
  return /^\[([^\]]*)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([\d.]+):\d+$/.exec(bare)?.[1] ?? bare;
}

function canonical(address: string): string {
  if (!isIPv6(address)) return address;
  const [withoutZone = "", ...zone] = address.split("%");
  const { hostname } = new URL(`http://[${withoutZone}]/`);
  const text = hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(text);
  if (mapped === null) return [text, ...zone].join("%");
  const [high, low] = [mapped[1] ?? "", mapped[2] ?? ""].map((group) => parseInt(group, 16));
  return high === undefined || low === undefined
    ? text
    : [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
