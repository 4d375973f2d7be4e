import type { Field } from "./field.ts";

/** The same setting, which may also be absent: its value is then `undefined`. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, required: false };
}
