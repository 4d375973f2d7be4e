import { z } from "zod";
import { ask, fail, later, protocol } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure, Later } from "../../shared/actor/mod.ts";
import type { Rate } from "../../shared/limits/gcra.ts";
import { SharedLimits } from "../../shared/limits/shared_limits.ts";
import type { SharedCounters } from "./shared_counters.ts";

/** What is limited by the client's address. */
export const limitRules = ["login", "service_token", "registration"] as const;
export type LimitRule = typeof limitRules[number];

export const RequestLimiter = protocol({
  /** Counts one request; `limited` says in `details` after how many milliseconds to come back. */
  take: ask(z.object({ rule: z.enum(limitRules), key: z.string() }), z.void(), ["limited"]),
});

export interface RequestLimiterInit {
  readonly rates: Readonly<Record<LimitRule, Rate>>;
  readonly counters: SharedCounters;
}

const KEYS = 100_000;

/** Owns this process's counters of requests by address. The others' counts come by the database. */
export class RequestLimiterActor {
  static readonly protocol = RequestLimiter;
  readonly #counters: SharedCounters;
  readonly #limits: SharedLimits<LimitRule>;

  constructor({ rates, counters }: RequestLimiterInit, context: ActorContext<typeof RequestLimiter>) {
    this.#counters = counters;
    this.#limits = new SharedLimits({ rates, keys: KEYS, context, add: counters.add });
  }

  take({ rule, key }: { rule: LimitRule; key: string }): Limitation | Later<Limitation> {
    if (rule !== "registration") return limited(rule, this.#limits.take(rule, key));
    const waitMs = this.#limits.takeExactly(rule, key, this.#counters.take);
    if (typeof waitMs === "number") return limited(rule, waitMs);
    return later(waitMs.then((waitMs) => limited(rule, waitMs)));
  }
}

type Limitation = undefined | Failure<"limited">;

function limited(rule: LimitRule, waitMs: number): Limitation {
  return waitMs === 0 ? undefined : fail("limited", `Too many requests (${rule})`, { waitMs });
}
