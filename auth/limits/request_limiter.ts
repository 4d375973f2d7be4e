import { z } from "zod";
import { ask, fail, protocol } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure } from "../../shared/actor/mod.ts";
import { createLimiter } from "../../shared/limits/gcra.ts";
import type { Limiter, Rate } from "../../shared/limits/gcra.ts";

/** What is limited by the client's address. */
export const limitRules = ["login", "service_token", "registration"] as const;
export type LimitRule = typeof limitRules[number];

export const RequestLimiter = protocol({
  /** Counts one request; `limited` says in `details` after how many milliseconds to come back. */
  take: ask(z.object({ rule: z.enum(limitRules), key: z.string() }), z.void(), ["limited"]),
});

export interface RequestLimiterInit {
  readonly rates: Readonly<Record<LimitRule, Rate>>;
}

/** Owns the counters of requests by address. */
export class RequestLimiterActor {
  static readonly protocol = RequestLimiter;
  readonly #context: ActorContext<typeof RequestLimiter>;
  readonly #limiters: Readonly<Record<LimitRule, Limiter>>;

  constructor({ rates }: RequestLimiterInit, context: ActorContext<typeof RequestLimiter>) {
    this.#context = context;
    this.#limiters = {
      login: createLimiter(rates.login),
      service_token: createLimiter(rates.service_token),
      registration: createLimiter(rates.registration),
    };
  }

  take({ rule, key }: { rule: LimitRule; key: string }): undefined | Failure<"limited"> {
    const waitMs = this.#limiters[rule].take(key, this.#context.clock.now());
    return waitMs === 0 ? undefined : fail("limited", `Too many requests (${rule})`, { waitMs });
  }
}
