import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

interface UrlOptions extends FieldOptions<string> {
  /** Allowed schemes without the colon; `http` and `https` unless given. */
  readonly schemes?: readonly string[];
}

/**
 * A setting that is an absolute URL without credentials, query or fragment. Its value is the canonical form (RFC 3986
 * §6.2.2, and punycode for the host), without a slash at its end.
 */
export function url(name: string, options: UrlOptions): Field<string> {
  const schemes = options.schemes ?? ["http", "https"];
  const shape = `an absolute URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return defineField(name, shape, options, (text) => canonicalUrl(text, schemes)?.href.replace(/\/+$/, ""));
}

/** A setting that is scheme, host and port of an address, as browsers send it in `Origin`. */
export function origin(name: string, options: FieldOptions<string>): Field<string> {
  return defineField(name, `${originShape}, such as https://example.org`, options, parseOrigin);
}

/** What `parseOrigin` takes, in words. */
export const originShape = "http:// or https:// with a host, perhaps a port, and no path";

/** The canonical form of an origin; `undefined` for anything else. */
export function parseOrigin(text: string): string | undefined {
  const parsed = canonicalUrl(text, ["http", "https"]);
  return parsed?.pathname === "/" ? parsed.origin : undefined;
}

function canonicalUrl(text: string, schemes: readonly string[]): URL | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1)) || parsed.hostname === "") {
    return undefined;
  }
  // A backslash, or a slash too few, is forgiven by browsers' parsers alone.
  if (!text.toLowerCase().startsWith(`${parsed.protocol}//`) || /[?#\s\\]/.test(text)) return undefined;
  return parsed.username === "" && parsed.password === "" && parsed.port !== "0" ? parsed : undefined;
}
