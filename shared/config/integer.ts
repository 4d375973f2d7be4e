import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

export interface IntegerOptions extends FieldOptions<number> {
  readonly min?: number;
  readonly max?: number;
}

/** A setting that is a whole number in decimal digits, both bounds included. */
export function integer(name: string, options: IntegerOptions): Field<number> {
  return numeric(name, "a whole number", options);
}

/** A duration in whole seconds. */
export function seconds(name: string, options: IntegerOptions): Field<number> {
  return numeric(name, "whole seconds", options);
}

/** A duration in whole milliseconds. */
export function milliseconds(name: string, options: IntegerOptions): Field<number> {
  return numeric(name, "whole milliseconds", options);
}

function numeric(name: string, unit: string, options: IntegerOptions): Field<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
  return defineField(name, `${unit} ${range}`, options, (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  });
}
