import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { ask, fail, later, local, protocol, tell } from "../actor/mod.ts";
import type { ActorContext, Failure, Later } from "../actor/mod.ts";
import { logger } from "../log/logger.ts";
import { importJwks } from "./jwks.ts";
import type { JwksSource } from "./jwks_source.ts";

/** `unknown_key`: no trusted issuer has such a key. `unavailable`: the issuer's keys can't be fetched at the moment. */
export type NoKey = "unknown_key" | "unavailable";

export const JwksManager = protocol({
  /** The verification key `kid` of an issuer. */
  find: ask(z.object({ issuer: z.string(), kid: z.string() }), local<KeyObject>(), [
    "unknown_key",
    "unavailable",
  ]),
  /** The ids of an issuer's current keys, from another source. If they differ from the known set, it is fetched now. */
  published: tell(z.object({ issuer: z.string(), keyIds: z.array(z.string()).readonly() })),
  /** The ids of an issuer's keys from its last answer; none if the last fetch failed, or the answer is out of date. */
  keyIds: ask(z.object({ issuer: z.string() }), z.array(z.string())),
});

export interface JwksManagerInit {
  /** The trusted issuers, each with the source of its keys. */
  readonly issuers: ReadonlyMap<string, JwksSource>;
  /** How long a set counts as fresh, unless its issuer says less; 300 s. */
  readonly cacheMs?: number;
  /** An unknown key id makes one more fetch, at most this often; 10 s. */
  readonly unknownKeyIntervalMs?: number;
  /** How long the last good set serves while its issuer is away; 24 h. */
  readonly keepMs?: number;
  /** The time limit of one fetch, 3 s; after a failed one the next comes this much later at the earliest, 1 s. */
  readonly fetchTimeoutMs?: number;
  readonly retryAfterMs?: number;
}

interface IssuerState {
  readonly source: JwksSource;
  keys: ReadonlyMap<string, KeyObject>;
  /** On the actor's clock; -Infinity for never. */
  fetchedAt: number;
  attemptedAt: number;
  failed: boolean;
  cacheMs: number;
  fetching: Promise<void> | undefined;
}

type Reply = KeyObject | Failure<NoKey>;

/** The outcome of a fetch, which returns to the actor as a message. */
type Fetched =
  | { readonly keys: ReadonlyMap<string, KeyObject>; readonly maxAgeMs: number }
  | { readonly error: unknown };

/** The shortest cache time, for an issuer that allows none: it must not be asked at every token. */
const LEAST_CACHE_MS = 1_000;

/** The part of its cache time after which a set is renewed in the background, so that hardly any token waits for it. */
const RENEW_AT = 0.8;

/**
 * Owns the public keys of the issuers that a service trusts. Sets are cached and renewed in the background. Each issuer
 * has at most one fetch in flight, and an unknown key id makes an extra one at most every ten seconds. While the issuer
 * is away, its last good set is kept. The model is `jose`'s remote set; here only an ask that needs a fetch waits for it.
 * A set whose cache time is over is used only when its issuer could not be reached: a key that was revoked meanwhile
 * verifies not one more token.
 */
export class JwksManagerActor {
  static readonly protocol = JwksManager;
  readonly #init: Required<JwksManagerInit>;
  readonly #context: ActorContext<typeof JwksManager>;
  readonly #issuers = new Map<string, IssuerState>();
  readonly #log = logger("jwks_manager");

  constructor(init: JwksManagerInit, context: ActorContext<typeof JwksManager>) {
    this.#init = {
      cacheMs: 300_000,
      unknownKeyIntervalMs: 10_000,
      keepMs: 24 * 3_600_000,
      fetchTimeoutMs: 3_000,
      retryAfterMs: 1_000,
      ...init,
    };
    this.#context = context;
    for (const [issuer, source] of init.issuers) {
      this.#issuers.set(issuer, newState(source, this.#init.cacheMs));
    }
  }

  onStart(): void {
    for (const [issuer, state] of this.#issuers) this.#fetch(issuer, state);
  }

  find({ issuer, kid }: { issuer: string; kid: string }): Reply | Later<Reply> {
    const state = this.#issuers.get(issuer);
    if (state === undefined) return fail("unknown_key", `"${issuer}" is not a trusted issuer`);
    const age = this.#context.clock.now() - state.fetchedAt;
    const known = age <= this.#init.keepMs ? state.keys.get(kid) : undefined;
    if (age > RENEW_AT * state.cacheMs && this.#mayRetry(state)) this.#fetch(issuer, state);
    if (known !== undefined && (age <= state.cacheMs || state.failed)) return known;
    if (state.fetching === undefined && this.#mayAskAgain(state)) this.#fetch(issuer, state);
    const { fetching } = state;
    return fetching === undefined
      ? this.#settle(state, kid)
      : later(fetching.then(() => this.#settle(state, kid)));
  }

  published({ issuer, keyIds }: { issuer: string; keyIds: readonly string[] }): void {
    const state = this.#issuers.get(issuer);
    if (state === undefined || state.fetching !== undefined) return;
    const isSame = keyIds.length === state.keys.size && keyIds.every((kid) => state.keys.has(kid));
    if (!isSame && this.#mayRetry(state)) this.#fetch(issuer, state);
  }

  keyIds({ issuer }: { issuer: string }): string[] {
    const state = this.#issuers.get(issuer);
    if (state === undefined || state.failed) return [];
    return this.#context.clock.now() - state.fetchedAt > this.#init.keepMs ? [] : [...state.keys.keys()];
  }

  /** The key, or the refusal: `unknown_key` if the issuer's last answer is current, else `unavailable`. */
  #settle(state: IssuerState, kid: string): Reply {
    const age = this.#context.clock.now() - state.fetchedAt;
    const known = age <= this.#init.keepMs ? state.keys.get(kid) : undefined;
    if (known !== undefined) return known;
    return age > this.#init.keepMs || (state.failed && age > state.cacheMs)
      ? fail("unavailable", "The issuer's keys can't be had at the moment")
      : fail("unknown_key", "The issuer has no such key");
  }

  #mayRetry(state: IssuerState): boolean {
    const since = this.#context.clock.now() - state.attemptedAt;
    return state.fetching === undefined && since >= (state.failed ? this.#init.retryAfterMs : 0);
  }

  #mayAskAgain(state: IssuerState): boolean {
    const since = this.#context.clock.now() - state.attemptedAt;
    return since >= (state.failed ? this.#init.retryAfterMs : this.#init.unknownKeyIntervalMs);
  }

  #fetch(issuer: string, state: IssuerState): void {
    state.attemptedAt = this.#context.clock.now();
    state.fetching = this.#context.pipe(this.#load(state.source), (fetched) => {
      state.failed = "error" in fetched;
      if ("error" in fetched) {
        const { error } = fetched;
        this.#log.warn("could not fetch an issuer's keys", { issuer, known_keys: state.keys.size, error });
      } else {
        state.keys = withSame(state.keys, fetched.keys);
        state.cacheMs = Math.min(this.#init.cacheMs, Math.max(LEAST_CACHE_MS, fetched.maxAgeMs));
        state.fetchedAt = this.#context.clock.now();
      }
      state.fetching = undefined;
    });
  }

  async #load(source: JwksSource): Promise<Fetched> {
    const cut = new AbortController();
    const late = Promise.withResolvers<never>();
    // The time limit holds even if the source ignores the signal.
    const cancel = this.#context.clock.set(() => {
      cut.abort();
      late.reject(new Error(`no answer within ${this.#init.fetchTimeoutMs} ms`));
    }, this.#init.fetchTimeoutMs);
    try {
      const { jwks, maxAgeMs = Infinity } = await Promise.race([source(cut.signal), late.promise]);
      return { keys: await importJwks(jwks), maxAgeMs };
    } catch (error) {
      return { error };
    } finally {
      cancel();
    }
  }
}

/** Keeps the objects of unchanged keys, by which verified tokens are remembered. */
function withSame(
  before: ReadonlyMap<string, KeyObject>,
  fetched: ReadonlyMap<string, KeyObject>,
): ReadonlyMap<string, KeyObject> {
  return new Map(
    fetched.entries().map(([kid, key]) => {
      const known = before.get(kid);
      return [kid, known?.equals(key) ? known : key];
    }),
  );
}

function newState(source: JwksSource, cacheMs: number): IssuerState {
  return {
    source,
    keys: new Map(),
    fetchedAt: -Infinity,
    attemptedAt: -Infinity,
    failed: false,
    cacheMs,
    fetching: undefined,
  };
}
