import type { Field, FieldOptions } from "./field.ts";

/**
 * Makes a kind of setting from a description of its shape and a parser that answers `undefined` for text that
 * does not fit.
 */
export function defineField<T>(
  name: string,
  shape: string,
  options: FieldOptions<T>,
  parse: (text: string) => T | undefined,
  show: (value: T) => string = String,
): Field<T> {
  return {
    name,
    shape,
    help: options.help,
    secret: false,
    required: options.default === undefined,
    fallback: options.default,
    shownFallback: options.default === undefined ? "" : show(options.default),
    parse(text) {
      const value = parse(text);
      return value === undefined
        ? { ok: false, message: `${name} is "${shorten(text)}"; it must be ${shape}` }
        : { ok: true, value };
    },
  };
}

/** A value quoted in a message stays on its line and is at most 80 characters long. */
function shorten(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
