import {
  type ActorContext,
  fail,
  type Failure,
  type Later,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { SharedLimits } from "../../shared/limits/shared_limits.ts";
import {
  type Limited,
  type LimitRule,
  RateLimiter,
  type RateLimiterInit,
  type Subject,
} from "./rate_limiter_protocol.ts";

/** What few come near, and a database is asked for anyway: these turns wait for the counter of all controllers. */
const EXACT: ReadonlySet<LimitRule> = new Set(["guest_token", "unknown_code"]);
/** A turn doesn't wait longer for the live store. */
const STORE_MS = 300;

/**
 * Counts requests per rule and key: a share of the keys, one of a pool. Other global controllers' counts come by the
 * live store.
 */
export class RateLimiterActor {
  static readonly protocol = RateLimiter;
  readonly #init: RateLimiterInit;
  readonly #limits: SharedLimits<LimitRule>;

  constructor(init: RateLimiterInit, context: ActorContext<typeof RateLimiter>) {
    this.#init = init;
    this.#limits = new SharedLimits({
      rates: init.rates,
      keys: init.keys,
      context,
      add: async (cells) => {
        const added = await context.ask(init.counters, "addCells", { cells, at_ms: init.now() });
        return added.ok ? added.value : undefined;
      },
    });
  }

  take({ rule, key }: Subject, message: MessageContext): Limitation | Later<Limitation> {
    if (!EXACT.has(rule)) return limited(rule, this.#limits.take(rule, key));
    const waitMs = this.#limits.takeExactly(rule, key, async (cell) => {
      const body = { ...cell, at_ms: this.#init.now() };
      const taken = await message.ask(this.#init.counters, "takeCell", body, { timeoutMs: STORE_MS });
      return taken.ok ? taken.value : undefined;
    });
    if (typeof waitMs === "number") return limited(rule, waitMs);
    return later(waitMs.then((waitMs) => limited(rule, waitMs)));
  }

  check({ rule, key }: Subject): Limitation {
    return limited(rule, this.#limits.check(rule, key));
  }
}

type Limitation = void | Failure<"limited">;

function limited(rule: LimitRule, waitMs: number): Limitation {
  if (waitMs > 0) return fail("limited", `Too many requests (${rule})`, { waitMs } satisfies Limited);
}
