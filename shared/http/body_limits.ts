/** How large a request's body may be, and how long it may take. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** How long the next piece of a body may take whose length isn't announced. */
  readonly pauseMs: number;
}
