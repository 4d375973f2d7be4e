import { z } from "zod";
import { ask, local, protocol } from "../actor/mod.ts";
import type { ActorContext, Result } from "../actor/mod.ts";
import { fetchServiceToken } from "./fetch_service_token.ts";
import type { ClientCredentials, NoToken, ServiceToken } from "./fetch_service_token.ts";

export type TokenOutcome = Result<string, NoToken>;

export const ServiceTokens = protocol({
  /** A token for some scopes of one component, separated by blanks; the promise waits outside of the actor. */
  token: ask(z.object({ scope: z.string() }), local<{ readonly token: Promise<TokenOutcome> }>()),
});

export interface ServiceTokenInit extends ClientCredentials {
  /** After a failed request the next comes this much later at the earliest; 1 s. */
  readonly retryAfterMs?: number;
}

interface Entry {
  current: ServiceToken | undefined;
  /** When `current` was asked for, on the actor's clock. */
  askedAt: number;
  failure: TokenOutcome | undefined;
  failedAt: number;
  renewing: PromiseWithResolvers<TokenOutcome> | undefined;
}

/** A token is renewed in the background when this part of its life is over. */
const RENEW_AT = 0.8;
/** A token this close to its end is not handed out any more. */
const LAST_MOMENT_MS = 10_000;

/**
 * Owns a service's own access tokens, one for each scope that it asks for: fetched by client credentials once,
 * renewed in good time, kept while AC is away for as long as they live.
 */
export class ServiceTokenActor {
  static readonly protocol = ServiceTokens;
  readonly #init: ServiceTokenInit;
  readonly #context: ActorContext<typeof ServiceTokens>;
  readonly #entries = new Map<string, Entry>();

  constructor(init: ServiceTokenInit, context: ActorContext<typeof ServiceTokens>) {
    this.#init = init;
    this.#context = context;
    context.cleanup(() => {
      for (const entry of this.#entries.values()) entry.renewing?.resolve(STOPPED);
    });
  }

  token({ scope }: { scope: string }): { token: Promise<TokenOutcome> } {
    const entry = this.#entryOf(scope);
    const now = this.#context.clock.now();
    const age = now - entry.askedAt;
    const lifetime = (entry.current?.expiresInSeconds ?? 0) * 1000;
    const cooled = now - entry.failedAt >= (this.#init.retryAfterMs ?? 1000);
    if (age >= lifetime * RENEW_AT && entry.renewing === undefined && cooled) this.#renew(scope, entry);
    if (entry.current !== undefined && age < lifetime - LAST_MOMENT_MS) {
      return { token: Promise.resolve({ ok: true, value: entry.current.token }) };
    }
    return { token: entry.renewing?.promise ?? Promise.resolve(entry.failure ?? STOPPED) };
  }

  #entryOf(scope: string): Entry {
    const known = this.#entries.get(scope);
    if (known !== undefined) return known;
    const entry: Entry = {
      current: undefined,
      askedAt: -Infinity,
      failure: undefined,
      failedAt: -Infinity,
      renewing: undefined,
    };
    this.#entries.set(scope, entry);
    return entry;
  }

  #renew(scope: string, entry: Entry): void {
    const askedAt = this.#context.clock.now();
    entry.renewing = Promise.withResolvers();
    this.#context.pipe(fetchServiceToken(this.#init, scope), (outcome) => {
      if (outcome.ok) {
        entry.current = outcome.value;
        entry.askedAt = askedAt;
      } else {
        entry.failure = outcome;
        entry.failedAt = this.#context.clock.now();
      }
      entry.renewing?.resolve(outcome.ok ? { ok: true, value: outcome.value.token } : outcome);
      entry.renewing = undefined;
    });
  }
}

const STOPPED: TokenOutcome = { ok: false, error: { code: "unavailable", message: "No token could be had" } };
