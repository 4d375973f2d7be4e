import { isIPv6 } from "node:net";

/**
 * An IP address in the one spelling that all spellings of it have in common: IPv6 by RFC 5952, without a zone, and the IPv6
 * form of an IPv4 address as that. Any other text stays as it is.
 */
export function canonicalAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const [withoutZone = ""] = address.split("%");
  const text = new URL(`http://[${withoutZone}]/`).hostname.slice(1, -1);
  const [, high = "", low = ""] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(text) ?? [];
  if (low === "") return text;
  const bytes = [high, low].map((group) => parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]);
  return bytes.join(".");
}
