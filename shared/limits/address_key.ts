import { isIPv6 } from "node:net";
import { canonicalAddress } from "./canonical_address.ts";

/**
 * Whom a client's address stands for in limits: an IPv4 address for itself, an IPv6 address for its /64, which is what
 * one customer gets at least. All spellings of an address have one key.
 */
export function addressKey(address: string): string {
  const canonical = canonicalAddress(address);
  if (!isIPv6(canonical)) return canonical;
  const [before = "", after] = canonical.split("::");
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(":")}::/64`;
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
