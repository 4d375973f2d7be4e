import { z } from "zod";
import { type ActorContext, ask, fail, type Failure, protocol } from "../../shared/actor/mod.ts";
import { createLimiter, type Limiter, type Rate } from "../../shared/limits/gcra.ts";

/** What is limited: requests by address, requests by user, guest tokens by address, unknown meeting codes. */
export const limitRules = ["address", "user", "guest_token", "unknown_code"] as const;
export type LimitRule = typeof limitRules[number];

const subject = z.object({ rule: z.enum(limitRules), key: z.string() });

export const RateLimiter = protocol({
  /** Counts one; `limited` says in `details` how many milliseconds to wait. */
  take: ask(subject, z.void(), ["limited"]),
  /** Would one more be allowed? Counts nothing. */
  check: ask(subject, z.void(), ["limited"]),
});

export interface RateLimiterInit {
  readonly rates: Readonly<Record<LimitRule, Rate>>;
  /** How many keys a rule remembers at least; 100,000. */
  readonly keys?: number;
}

/** The `details` of a refusal. */
export interface Limited {
  readonly waitMs: number;
}

type Subject = z.infer<typeof subject>;

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
