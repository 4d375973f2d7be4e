import { defineField } from "./define_field.ts";
import type { Field, FieldOptions } from "./field.ts";

/** Ports from `min` to `max`, both included. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** A setting that is a range of ports: `45000-45999`. */
export function portRange(name: string, options: FieldOptions<PortRange>): Field<PortRange> {
  const parse = (value: string): PortRange | undefined => {
    const [, min, max] = /^(\d{4,5})-(\d{4,5})$/.exec(value)?.map(Number) ?? [];
    if (min === undefined || max === undefined) return undefined;
    return 1_024 <= min && min <= max && max <= 65_535 ? { min, max } : undefined;
  };
  const show = ({ min, max }: PortRange) => `${min}-${max}`;
  return defineField(name, "two ports from 1024 to 65535, as in 45000-45999", options, parse, show);
}
