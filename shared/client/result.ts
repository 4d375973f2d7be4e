/** What went wrong, with a code for programs and a sentence for people. */
export interface Failure {
  code: string;
  message: string;
}

export type Result<T, E extends Failure = Failure> = { ok: true; value: T } | { ok: false; error: E };

export function succeed<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function fail<E extends Failure>(error: E): { ok: false; error: E } {
  return { ok: false, error };
}
