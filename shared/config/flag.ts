import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

const WORDS: ReadonlyMap<string, boolean> = new Map([["1", true], ["true", true], ["0", false], [
  "false",
  false,
]]);

/** A setting that is on or off. */
export function flag(name: string, options: FieldOptions<boolean>): Field<boolean> {
  return defineField(name, "1 or 0", options, (text) => WORDS.get(text), (on) => on ? "1" : "0");
}
