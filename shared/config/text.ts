import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

interface TextOptions extends FieldOptions<string> {
  /** The pattern that the text must match in full; `shape` is its description in words. */
  readonly pattern?: RegExp;
  /** What else must hold of it. */
  readonly fits?: (text: string) => boolean;
  readonly shape?: string;
}

/** A setting that is a line of text, not empty. */
export function text(name: string, options: TextOptions): Field<string> {
  const shape = options.shape ?? "a text that is not empty";
  return defineField(name, shape, options, (value) => {
    const { pattern, fits } = options;
    return value.length > 0 && (pattern?.test(value) ?? true) && (fits?.(value) ?? true) ? value : undefined;
  });
}
