import { BlockList, isIP } from "node:net";
import { canonicalAddress } from "../limits/canonical_address.ts";

/** A set of IP addresses and networks. */
export interface AddressSet {
  has(address: string): boolean;
}

/**
 * Makes a set from addresses (`127.0.0.1`, `::1`) and networks (`10.0.0.0/8`).
 *
 * @throws {TypeError} naming the first entry that is neither
 */
export function addressSet(entries: readonly string[]): AddressSet {
  if (entries.length === 0) return { has: () => false };
  const list = new BlockList();
  for (const entry of entries) {
    const [text = "", bits, ...rest] = entry.split("/");
    const address = bits === undefined ? canonicalAddress(text) : text;
    const family = familyOf(address);
    const prefix = bits === undefined
      ? (family === "ipv4" ? 32 : 128)
      : /^\d{1,3}$/.test(bits)
      ? Number(bits)
      : NaN;
    if (family === undefined || rest.length > 0 || !(prefix <= (family === "ipv4" ? 32 : 128))) {
      throw new TypeError(`"${entry}" is neither an IP address nor a network such as 10.0.0.0/8`);
    }
    list.addSubnet(address, prefix, family);
  }
  return {
    has(text) {
      const address = canonicalAddress(text);
      const family = familyOf(address);
      return family !== undefined && list.check(address, family);
    },
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : undefined;
}
