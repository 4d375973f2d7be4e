import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

interface UrlOptions extends FieldOptions<string> {
  /** Allowed schemes without the colon; `http` and `https` unless given. */
  readonly schemes?: readonly string[];
}

/** A setting that is an absolute URL without credentials, query or fragment; a trailing slash is dropped. */
export function url(name: string, options: UrlOptions): Field<string> {
  const schemes = options.schemes ?? ["http", "https"];
  const shape = `an absolute URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return defineField(name, shape, options, (text) => {
    const parsed = URL.parse(text);
    if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1)) || parsed.hostname === "") {
      return undefined;
    }
    if (parsed.username !== "" || parsed.password !== "" || /[?#\s]/.test(text)) return undefined;
    return text.replace(/\/+$/, "");
  });
}
