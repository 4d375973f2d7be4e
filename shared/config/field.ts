import type { Parsed } from "./parsed.ts";

/** The options that every kind of setting has. */
export interface FieldOptions<T> {
  /** One line for the `--help` table. */
  readonly help: string;
  /** The value when the variable is absent. A field without one is required unless it is `optional`. */
  readonly default?: T;
}

/** One setting: its variable, the description of its values, and the parser of its text. */
export interface Field<T> {
  readonly name: string;
  readonly help: string;
  /** The description of its values, in words that complete "it must be …". */
  readonly shape: string;
  /** Secret settings may also come as `NAME_FILE`, and no message ever shows their value. */
  readonly secret: boolean;
  /** Whether the variable may be absent; `fallback` is then the value. */
  readonly required: boolean;
  readonly fallback: T | undefined;
  /** The fallback as the help table shows it. */
  readonly shownFallback: string;
  parse(text: string): Parsed<T>;
}
