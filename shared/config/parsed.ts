/** The outcome of parsing a text from outside: the value, or one line that describes the error. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly message: string;
};
