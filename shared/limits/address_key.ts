import { isIPv6 } from "node:net";
import { canonicalAddress } from "./canonical_address.ts";

/**
 * Whom a client's address stands for in limits: an IPv4 address for itself, an IPv6 address for its /64, which is what
 * one customer gets at least. All spellings of an address have one key.
 */
export function addressKey(address: string): string {
  return keyOf(address, 4);
}

/** The same for whole sites: an IPv6 address stands for its /48, the most that a site gets (RFC 6177). */
export function siteKey(address: string): string {
  return keyOf(address, 3);
}

function keyOf(address: string, prefixGroups: number): string {
  const canonical = canonicalAddress(address);
  if (!isIPv6(canonical)) return canonical;
  const [before = "", after] = canonical.split("::");
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return `${[...head, ...zeros, ...tail].slice(0, prefixGroups).join(":")}::/${16 * prefixGroups}`;
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
