import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

/** A setting that names a file or folder; relative ones start at the working directory. */
export function path(name: string, options: FieldOptions<string>): Field<string> {
  return defineField(
    name,
    "the path of a file or folder",
    options,
    (value) => value.length > 0 && !/\p{Cc}/u.test(value) ? value.replace(/(?<=.)\/+$/, "") : undefined,
  );
}
