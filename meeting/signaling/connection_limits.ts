/** How long a connection may keep still. */
export interface ConnectionLimits {
  readonly joinTimeoutMs: number;
  readonly silenceMs: number;
}
