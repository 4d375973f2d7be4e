import type { Field } from "./field.ts";

/** Makes a setting that may be absent; its value is then `undefined`. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, required: false };
}
