import { z } from "zod";
import { ask, fail, protocol, tell } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure } from "../../shared/actor/mod.ts";
import { RecentMap } from "../../shared/recent_map.ts";

const attempt = z.object({ key: z.string() });

export const LoginGuard = protocol({
  /** Counts an attempt, as failed until `succeeded` says otherwise; `wait` says in `details` how many milliseconds. */
  attempt: ask(attempt, z.void(), ["wait"]),
  succeeded: tell(attempt),
  /** The password could not be looked at: that attempt counts for nothing. */
  withdrawn: tell(attempt),
});

export interface LoginGuardInit {
  /** So many failures cost nothing. */
  readonly freeFailures: number;
  /** The wait after the next one; each further one doubles it, up to the longest. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

interface Failures {
  count: number;
  lastAt: number;
}

/** So many pairs of account and address are remembered at least, those that were tried last. */
const CAPACITY = 100_000;

/**
 * Owns the failed logins, by account and address: exponential back-off, never a permanent lock. An attempt counts
 * before its password is looked at, so that many at once gain nothing.
 */
export class LoginGuardActor {
  static readonly protocol = LoginGuard;
  readonly #init: LoginGuardInit;
  readonly #context: ActorContext<typeof LoginGuard>;
  readonly #failures = new RecentMap<string, Failures>(CAPACITY);

  constructor(init: LoginGuardInit, context: ActorContext<typeof LoginGuard>) {
    this.#init = init;
    this.#context = context;
  }

  attempt({ key }: { key: string }): undefined | Failure<"wait"> {
    const now = this.#context.clock.now();
    const before = this.#failures.get(key);
    const waitMs = before === undefined ? 0 : before.lastAt + this.#waitAfter(before.count) - now;
    if (waitMs > 0) return fail("wait", "Too many failed attempts", { waitMs });
    const idle = before === undefined || now - before.lastAt > 2 * this.#init.longestWaitMs;
    this.#failures.set(key, { count: idle ? 1 : before.count + 1, lastAt: now });
  }

  succeeded({ key }: { key: string }): void {
    this.#failures.delete(key);
  }

  withdrawn({ key }: { key: string }): void {
    const failures = this.#failures.get(key);
    if (failures === undefined) return;
    if (failures.count <= 1) this.#failures.delete(key);
    else failures.count--;
  }

  #waitAfter(failures: number): number {
    const { freeFailures, firstWaitMs, longestWaitMs } = this.#init;
    if (failures < freeFailures) return 0;
    return Math.min(firstWaitMs * 2 ** (failures - freeFailures), longestWaitMs);
  }
}
