import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";
import type { Rate } from "../../shared/limits/gcra.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";

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
  /** How many keys a rule remembers at least; at most twice as many. */
  readonly keys: number;
  /** What all global controllers count together. */
  readonly counters: LiveStore["counters"];
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** The `details` of a refusal. */
export interface Limited {
  readonly waitMs: number;
}

export type Subject = z.infer<typeof subject>;
