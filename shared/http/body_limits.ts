/** How large a request's body may be, and how long it may take. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}
