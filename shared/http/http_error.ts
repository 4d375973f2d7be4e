/** A problem of a request: its place (`settings.allow_guests`, or empty for the whole request) and its description. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

interface HttpErrorOptions {
  readonly details?: readonly ErrorDetail[];
  /** Also sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Further headers of the answer, for example `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal for the client. Code below a route throws it, and the answer has the contract's error form. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
  }
}

export type { HttpErrorOptions };
