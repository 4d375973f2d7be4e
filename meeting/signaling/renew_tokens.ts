import type { ActorContext, ActorRef, Protocol } from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { FreshToken, Upstream } from "../platform/upstream.ts";

export interface TokenRenewal {
  readonly context: Pick<ActorContext<Protocol>, "after" | "ask" | "pipe" | "random">;
  readonly upstream: ActorRef<typeof Upstream>;
  /** The claims of the first token. */
  readonly claims: MeetingTokenClaims;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Takes a fresh token; answers whether its participant will get it. */
  readonly take: (token: FreshToken) => boolean;
}

const RETRY_MS = 10_000;
/** Those who came together don't renew their tokens together: each does within this last part of the time. */
const SPREAD = 0.2;

/** The latest renewal is a minute before a token's end, or after two thirds of a shorter life. */
function latestRenewalMs(lifeMs: number): number {
  return Math.max(1_000, lifeMs - Math.min(60_000, lifeMs / 3));
}

/** Fetches a fresh meeting token before the current one expires, so that a resume is always possible. */
export function renewTokens({ context, upstream, claims, now, take }: TokenRenewal): void {
  const { meeting_id, sub } = claims;

  function renewWithin(lifeMs: number): void {
    renewIn(latestRenewalMs(lifeMs) * (1 - SPREAD * context.random()));
  }

  function renewIn(delayMs: number): void {
    context.after(delayMs, () => {
      void context.pipe(context.ask(upstream, "meetingToken", { meeting_id, sub }), (renewed) => {
        if (!renewed.ok) {
          const { code } = renewed.error;
          logger("connection").warn("can't renew a meeting token", { meeting_id, sub, code });
        }
        if (renewed.ok && take(renewed.value)) renewWithin(renewed.value.expires_in * 1_000);
        else renewIn(RETRY_MS);
      });
    });
  }

  renewWithin(claims.exp * 1_000 - now());
}
