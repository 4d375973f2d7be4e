import type { Field, FieldOptions } from "./field.ts";
import { text } from "./text.ts";

/** A setting that names a process; the registry takes names of at most 64 characters. */
export function identifier(name: string, options: FieldOptions<string>): Field<string> {
  return text(name, {
    ...options,
    pattern: /^[\w.-]{1,64}$/,
    shape: "a name of 1 to 64 letters, digits, dots, dashes and underscores",
  });
}
