import { type ActorContext, fail, type Failure } from "../../shared/actor/mod.ts";
import { createLimiter, type Limiter } from "../../shared/limits/gcra.ts";
import {
  type Limited,
  type LimitRule,
  RateLimiter,
  type RateLimiterInit,
  type Subject,
} from "./rate_limiter_protocol.ts";

/** Counts requests per rule and key. */
export class RateLimiterActor {
  static readonly protocol = RateLimiter;
  readonly #context: ActorContext<typeof RateLimiter>;
  readonly #limiters: Readonly<Record<LimitRule, Limiter>>;

  constructor({ rates, keys = 100_000 }: RateLimiterInit, context: ActorContext<typeof RateLimiter>) {
    this.#context = context;
    this.#limiters = {
      address: createLimiter(rates.address, keys),
      user: createLimiter(rates.user, keys),
      guest_token: createLimiter(rates.guest_token, keys),
      unknown_code: createLimiter(rates.unknown_code, keys),
    };
  }

  take({ rule, key }: Subject): void | Failure<"limited"> {
    return limited(rule, this.#limiters[rule].take(key, this.#context.clock.now()));
  }

  check({ rule, key }: Subject): void | Failure<"limited"> {
    return limited(rule, this.#limiters[rule].check(key, this.#context.clock.now()));
  }
}

function limited(rule: LimitRule, waitMs: number): void | Failure<"limited"> {
  if (waitMs > 0) return fail("limited", `Too many requests (${rule})`, { waitMs } satisfies Limited);
}
