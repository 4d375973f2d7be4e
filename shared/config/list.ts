import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

interface ListOptions extends FieldOptions<readonly string[]> {
  /** The pattern that one item must match in full; `item` is its description in words. */
  readonly pattern?: RegExp;
  readonly item?: string;
}

/** A setting that is a list of words, separated by commas; blanks around them don't count. */
export function list(name: string, options: ListOptions): Field<readonly string[]> {
  const shape = `a list of ${options.item ?? "words"}, separated by commas`;
  const parse = (text: string) => {
    const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
    return items.every((item) => options.pattern?.test(item) ?? true) ? items : undefined;
  };
  return defineField(name, shape, options, parse, (items) => items.join(","));
}
