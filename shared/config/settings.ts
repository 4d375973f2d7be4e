import type { Field } from "./field.ts";

/** The program that the settings belong to. */
export interface Program {
  /** The service's name, as its log lines carry it. */
  readonly service: string;
  /** The program's purpose, in one line for `--help`. */
  readonly summary: string;
}

/** All settings of a program. `load`, `help` and the type of the loaded values are derived from this value. */
export interface Definition<V> {
  readonly program: Program;
  readonly fields: { readonly [K in keyof V]: Field<V[K]> };
}

/** The values that a definition loads. */
export type ValuesOf<D> = D extends Definition<infer V> ? V : never;

/** Defines the settings of a program; the keys are the names that the code uses. */
export function settings<V extends object>(
  program: Program,
  fields: { readonly [K in keyof V]: Field<V[K]> },
): Definition<V> {
  return { program, fields };
}
