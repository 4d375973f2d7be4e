import { HttpError } from "./http_error.ts";
import type { HttpErrorOptions } from "./http_error.ts";

/** The error codes of a service, each with its status and its default message. */
export type ErrorTable = Readonly<Record<string, readonly [status: number, message: string]>>;

interface RefusalOptions extends HttpErrorOptions {
  readonly message?: string;
}

/** Makes the function that builds a service's errors by their code: `throw refuse("MEETING_NOT_FOUND")`. */
export function errorTable<const T extends ErrorTable>(
  table: T,
): (code: keyof T & string, options?: RefusalOptions) => HttpError {
  return (code, options = {}) => {
    const [status, message] = table[code] ?? [500, code];
    return new HttpError(status, code, options.message ?? message, options);
  };
}
