/** The time limits of a connection. */
export interface ConnectionLimits {
  readonly joinTimeoutMs: number;
  readonly silenceMs: number;
}
