/** The outcome of reading something that came from outside: the value, or one line that says what is wrong. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly message: string;
};
