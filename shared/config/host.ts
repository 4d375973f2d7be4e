import { isIP } from "node:net";
import { canonicalAddress } from "../limits/canonical_address.ts";
import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

/** A setting that is an IP address of either kind, in its canonical form. */
export function ipAddress(name: string, options: FieldOptions<string>): Field<string> {
  return defineField(
    name,
    "an IP address of this machine",
    options,
    (text) => isIP(text) === 0 || text.includes("%") ? undefined : canonicalAddress(text),
  );
}

/** A setting that is a host name or an IP address, without port; the value has small letters and no brackets. */
export function host(name: string, options: FieldOptions<string>): Field<string> {
  return defineField(name, "a host name or an IP address, without scheme and port", options, (text) => {
    const bare = text.replace(/^\[(.*)\]$/, "$1");
    if (isIP(bare) !== 0) return canonicalAddress(bare);
    const parsed = /[/?#@\\:\s]/.test(bare) ? null : URL.parse(`http://${bare}/`);
    // A number alone would be read as an address.
    return parsed === null || isIP(parsed.hostname) !== 0 ? undefined : parsed.hostname;
  });
}
