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
  /** Gives up a token that was refused: the key that signed it may have been revoked. */
  refused: tell(z.object({ token: z.string() })),
  /** The ids of AC's current keys: tokens that another key signed are given up. */
  published: tell(z.object({ keyIds: z.array(z.string()).readonly() })),
});

export interface ServiceTokenInit extends ClientCredentials {
  /** After a failed request the next comes this much later at the earliest; 1 s. */
  readonly retryAfterMs?: number;
}

interface Entry {
  current: ServiceToken | undefined;
  /** The time of the request for `current`, on the actor's clock. */
  askedAt: number;
  failure: Failure<NoToken> | undefined;
  failedAt: number;
  renewing: Promise<Reply> | undefined;
}

/** A token is renewed in the background when this part of its life is over: the rest is how long AC may be away. */
const RENEW_AT = 0.25;
/** A token this close to its end is not handed out any more. */
const LAST_MOMENT_MS = 10_000;

/**
 * Owns a service's own access tokens, one for each scope. They are fetched by client credentials and renewed before they
 * expire. While AC is away they are kept until they expire, or their key is no longer among AC's keys.
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

  /** Gives up all tokens whose key is rejected: a key that signed one refused token signed others, too. */
  #giveUp(isNoKey: (kid: string | undefined) => boolean): void {
    for (const entry of this.#entries.values()) {
      if (entry.current === undefined || !isNoKey(this.#keyIdOf(entry.current.token))) continue;
      entry.current = undefined;
      entry.askedAt = -Infinity;
    }
  }

  /** The id of the key that signed a token. The token is from AC itself, so it needs no verification. */
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
        // A refusal stays until AC gives a token: AC being busy or away meanwhile doesn't undo it.
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
