import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

interface ListOptions extends FieldOptions<readonly string[]> {
  /** Parses one item: its canonical form, or `undefined`. `item` describes the items in words. */
  readonly parse?: (item: string) => string | undefined;
  readonly item?: string;
}

/** A setting that is a list of words, separated by commas; blanks around them don't count. */
export function list(name: string, options: ListOptions): Field<readonly string[]> {
  const { item = "words", parse: parseItem = (text: string) => text } = options;
  const shape = `a list of ${item}, separated by commas`;
  const parse = (text: string) => {
    const texts = text.split(",").map((one) => one.trim()).filter((one) => one !== "");
    const items = texts.map(parseItem).filter((one) => one !== undefined);
    return items.length === texts.length ? items : undefined;
  };
  return defineField(name, shape, options, parse, (items) => items.join(","));
}
