/** A supervisor's reaction to a failed child (rule A7). */
export type Directive = "restart" | "escalate" | "ignore" | "stop";

export interface SupervisionPolicy {
  readonly directive: Directive;
  /** More restarts than this within `windowMs` escalate. */
  readonly maxRestarts: number;
  readonly windowMs: number;
  /** Delay of the second restart in the window; the first comes at once, each further one doubles the delay. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export const defaultPolicy: SupervisionPolicy = {
  directive: "restart",
  maxRestarts: 5,
  windowMs: 10_000,
  backoffMs: 50,
  maxBackoffMs: 5_000,
};

/** Counts one child's restarts, and computes the delay of the next one. */
export class RestartBudget {
  #restarts: number[] = [];

  constructor(readonly policy: SupervisionPolicy, readonly random: () => number) {}

  /** The delay of a restart now, in milliseconds with full jitter above half; `null` when the budget is spent. */
  spend(nowMs: number): number | null {
    const { maxRestarts, windowMs, backoffMs, maxBackoffMs } = this.policy;
    this.#restarts = this.#restarts.filter((atMs) => nowMs - atMs < windowMs);
    if (this.#restarts.length >= maxRestarts) return null;
    const previous = this.#restarts.length;
    this.#restarts.push(nowMs);
    if (previous === 0) return 0;
    const delayMs = Math.min(backoffMs * 2 ** (previous - 1), maxBackoffMs);
    return delayMs * (0.5 + this.random() / 2);
  }
}
