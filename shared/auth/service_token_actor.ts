import { z } from "zod";
import { ask, fail, later, protocol, tell } from "../actor/mod.ts";
import type { ActorContext, Failure, Later } from "../actor/mod.ts";
import { fetchServiceToken } from "./fetch_service_token.ts";
import type { ClientCredentials, NoToken, ServiceToken } from "./fetch_service_token.ts";
import { tokenParser } from "./token_parts.ts";

type Reply = string | Failure<NoToken>;

export const ServiceTokens = protocol({
  /** This service's token for some scopes of one component, separated by blanks. */
  token: ask(z.object({ scope: z.string() }), z.string(), ["refused", "unavailable"]),
  /** A token was refused as if it weren't good: the key that signed it may have been revoked. */
  refused: tell(z.object({ token: z.string() })),
  /** Which keys AC has: a token that another one signed is not good any more, whoever has noticed. */
  published: tell(z.object({ keyIds: z.array(z.string()).readonly() })),
});

export interface ServiceTokenInit extends ClientCredentials {
  /** After a failed request the next comes this much later at the earliest; 1 s. */
  readonly retryAfterMs?: number;
}

interface Entry {
  current: ServiceToken | undefined;
  /** When `current` was asked for, on the actor's clock. */
  askedAt: number;
  failure: Failure<NoToken> | undefined;
  failedAt: number;
  renewing: Promise<Reply> | undefined;
}

/** A token is renewed in the background when this part of its life is over. */
const RENEW_AT = 0.8;
/** A token this close to its end is not handed out any more. */
const LAST_MOMENT_MS = 10_000;

/**
 * Owns a service's own access tokens, one for each scope that it asks for: fetched by client credentials once,
 * renewed in good time, kept while AC is away for as long as they live and the key that signed them counts.
 */
export class ServiceTokenActor {
  static readonly protocol = ServiceTokens;
  readonly #init: ServiceTokenInit;
  readonly #context: ActorContext<typeof ServiceTokens>;
  readonly #parse = tokenParser();
  readonly #entries = new Map<string, Entry>();

  constructor(init: ServiceTokenInit, context: ActorContext<typeof ServiceTokens>) {
    this.#init = init;
    this.#context = context;
  }

  token({ scope }: { scope: string }): Reply | Later<Reply> {
    const entry = this.#entryOf(scope);
    const now = this.#context.clock.now();
    const age = now - entry.askedAt;
    const lifetime = (entry.current?.expiresInSeconds ?? 0) * 1000;
    const cooled = now - entry.failedAt >= (this.#init.retryAfterMs ?? 1000);
    if (age >= lifetime * RENEW_AT && entry.renewing === undefined && cooled) this.#renew(scope, entry);
    if (entry.current !== undefined && age < lifetime - LAST_MOMENT_MS) return entry.current.token;
    if (entry.renewing !== undefined) return later(entry.renewing);
    return entry.failure ?? fail("unavailable", "No token could be had");
  }

  refused({ token }: { token: string }): void {
    const wasOurs = this.#entries.values().some(({ current }) => current?.token === token);
    const kid = this.#keyIdOf(token);
    if (wasOurs) this.#giveUp((other) => other === kid);
  }

  published({ keyIds }: { keyIds: readonly string[] }): void {
    this.#giveUp((kid) => kid !== undefined && !keyIds.includes(kid));
  }

  /** What signed one token signed others too. */
  #giveUp(isNoKey: (kid: string | undefined) => boolean): void {
    for (const entry of this.#entries.values()) {
      if (entry.current === undefined || !isNoKey(this.#keyIdOf(entry.current.token))) continue;
      entry.current = undefined;
      entry.askedAt = -Infinity;
    }
  }

  /** Which key signed a token that AC gave to us; it needs no verification here. */
  #keyIdOf(token: string): string | undefined {
    return this.#parse(token)?.header?.kid;
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
    entry.renewing = this.#context.pipe(fetchServiceToken(this.#init, scope), (outcome) => {
      entry.renewing = undefined;
      if (!outcome.ok) {
        // A refusal stands until AC gives a token: that it is busy or away meanwhile mends nothing.
        if (entry.failure?.code !== "refused") entry.failure = outcome.error;
        entry.failedAt = this.#context.clock.now();
        return entry.failure;
      }
      entry.failure = undefined;
      entry.current = outcome.value;
      entry.askedAt = askedAt;
      return outcome.value.token;
    });
  }
}
