import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

/**
 * A setting that names a file or folder; relative ones start at the working directory. The processes are permitted their
 * files by flags of the runtime, whose lists can't hold a comma.
 */
export function path(name: string, options: FieldOptions<string>): Field<string> {
  return defineField(
    name,
    "the path of a file or folder, without a comma",
    options,
    (value) => value.length > 0 && !/[\p{Cc},]/u.test(value) ? value.replace(/(?<=.)\/+$/, "") : undefined,
  );
}
