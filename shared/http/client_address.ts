import { isIP } from "node:net";
import { canonicalAddress } from "../limits/canonical_address.ts";
import type { AddressSet } from "./address_set.ts";

/** The headers by which proxies say whom they forward for. */
interface ForwardingHeaders {
  /** `X-Forwarded-For`. */
  readonly forwardedFor: string | null;
  /** `Forwarded` (RFC 7239), which counts where there is no `X-Forwarded-For`. */
  readonly forwarded: string | null;
}

/** The address that a request came from, as `forwardedAddress` has it. */
export function clientAddress(headers: Headers, peer: string, trusted: AddressSet): string {
  const forwarding = { forwardedFor: headers.get("x-forwarded-for"), forwarded: headers.get("forwarded") };
  return forwardedAddress(forwarding, peer, trusted);
}

/**
 * The address of the client behind the connection of `peer`. The headers count as far as the hops that wrote them are
 * trusted: read from the right, the first address that isn't a trusted proxy is the client. The result has one spelling
 * for an address with or without port, zone, brackets, capitals, or the IPv6 form of an IPv4 address.
 */
export function forwardedAddress(headers: ForwardingHeaders, peer: string, trusted: AddressSet): string {
  let address = canonicalAddress(peer);
  if (!trusted.has(address)) return address;
  const hops = hopsOf(headers).map((hop) => canonicalAddress(withoutPort(hop.trim())));
  while (trusted.has(address)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

function hopsOf({ forwardedFor, forwarded }: ForwardingHeaders): string[] {
  if (forwardedFor !== null) return forwardedFor.split(",");
  // One element a hop. A comma or semicolon inside of quotes belongs to its value.
  const elements = (forwarded ?? "").match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return elements.map((element) => /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i.exec(element)?.[1] ?? "");
}

/** A hop's address without its port: `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5678`. */
function withoutPort(hop: string): string {
  const bare = hop.replace(/^"(.*)"$/, "$1");
  return /^\[([^\]]*)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([\d.]+):\d+$/.exec(bare)?.[1] ?? bare;
}
