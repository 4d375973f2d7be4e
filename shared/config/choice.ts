import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

/** A setting that is one of a few words. */
export function choice<const T extends string>(
  name: string,
  words: readonly T[],
  options: FieldOptions<T>,
): Field<T> {
  return defineField(
    name,
    `one of ${words.join(", ")}`,
    options,
    (text) => words.find((word) => word === text),
  );
}
