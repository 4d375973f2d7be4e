import type { Parsed } from "./parsed.ts";

/** What every kind of setting can say about itself. */
export interface FieldOptions<T> {
  /** One line for the `--help` table. */
  readonly help: string;
  /** What holds when the variable is absent; a field without one is required unless it is `optional`. */
  readonly default?: T;
}

/** One setting: the variable that carries it, what it may be, and how its text becomes a value. */
export interface Field<T> {
  readonly name: string;
  readonly help: string;
  /** What the value may be, in words that complete "it must be …". */
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
