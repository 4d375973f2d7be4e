import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { ask, fail, later, protocol } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure, Later } from "../../shared/actor/mod.ts";
import { AUDIENCES, TOKEN_TYPES } from "../../shared/auth/mod.ts";
import type { Rate } from "../../shared/limits/gcra.ts";
import { SharedLimits } from "../../shared/limits/shared_limits.ts";
import { logger } from "../../shared/log/mod.ts";
import { type SharedCounters, sharedCounters } from "../limits/shared_counters.ts";
import { connectDatabase } from "../../shared/store/mod.ts";
import type { DatabaseLocation, Store } from "../../shared/store/mod.ts";
import { createKeyring } from "../keys/keyring.ts";
import type { Keyring, MasterKeys } from "../keys/keyring.ts";
import { tokenSigner } from "../keys/sign_token.ts";
import type { TokenSigner } from "../keys/sign_token.ts";
import { openSigningKey } from "../keys/signing_key.ts";
import { SigningKeyUser } from "../keys/signing_key_user.ts";
import { signingKeyAt, unrevokedKeys } from "../keys/stored_signing_keys.ts";
import type { Tables } from "../store/schema.ts";

const tokenTypes = [TOKEN_TYPES.access, TOKEN_TYPES.meeting] as const;

const tokenRequest = z.object({
  type: z.enum(tokenTypes),
  audience: z.enum(Object.values(AUDIENCES)),
  subject: z.string(),
  lifetimeSeconds: z.int().min(1),
  /** Now, in milliseconds since the Unix epoch: a Worker has no clock of the asker's. */
  atMs: z.number(),
  /** What the token says beside the registered claims, which these can't replace. */
  claims: z.record(z.string(), z.unknown()),
});

export type TokenRequest = z.infer<typeof tokenRequest>;

const issuedToken = z.object({ token: z.string(), jti: z.string(), expiresInSeconds: z.int() });
export type IssuedToken = z.infer<typeof issuedToken>;

export const TokenIssuer = protocol({
  ...SigningKeyUser,
  /** `rate_limited` says in `details` how many milliseconds to wait. */
  issue: ask(tokenRequest, issuedToken, ["no_signing_key", "rate_limited"]),
  /** Whether there is a key to sign with at a time, in milliseconds since the Unix epoch. */
  canSign: ask(z.object({ atMs: z.number() }), z.boolean()),
});

/** Plain data, so that the actor may live in a Worker as well as here. */
export interface TokenIssuerInit {
  readonly database: DatabaseLocation;
  readonly masterKeys: MasterKeys;
  readonly issuer: string;
  /** Tokens for one subject. */
  readonly rate: Rate;
}

/** A stored key that some time signs. */
interface OpenKey {
  readonly kid: string;
  readonly active_from: number;
  readonly sign: Readonly<Record<typeof tokenTypes[number], TokenSigner>>;
}

/** The stored keys are read again this often: another process may have rotated or revoked them. */
const RELOAD_MS = 1_000;
/** So many subjects' counters are kept at least. */
const SUBJECTS = 100_000;

/** Owns the keys that sign; alone in making tokens. */
export class TokenIssuerActor {
  static readonly protocol = TokenIssuer;
  readonly #init: TokenIssuerInit;
  readonly #context: ActorContext<typeof TokenIssuer>;
  readonly #limits: SharedLimits<"token">;
  readonly #log = logger("token_issuer");
  #store: Store<Tables> | undefined;
  #keyring: Keyring | undefined;
  /** The newest first. */
  #keys: readonly OpenKey[] = [];
  #reading: Promise<undefined> | undefined;
  #counters: SharedCounters | undefined;
  /** The time of the latest request. */
  #atMs = 0;

  constructor(init: TokenIssuerInit, context: ActorContext<typeof TokenIssuer>) {
    this.#init = init;
    this.#context = context;
    this.#limits = new SharedLimits({
      rates: { token: init.rate },
      keys: SUBJECTS,
      context,
      add: async (cells) => await this.#counters?.add(cells),
    });
  }

  async onStart(): Promise<void> {
    this.#keyring = await createKeyring(this.#init.masterKeys);
    const store = await connectDatabase<Tables>(this.#init.database, 1);
    this.#context.cleanup(() => store[Symbol.asyncDispose]());
    this.#store = store;
    this.#counters = sharedCounters(store, () => this.#atMs);
    void this.#load();
    this.#context.every(RELOAD_MS, () => void this.#load());
  }

  issue(request: TokenRequest): IssuedToken | Failure<"no_signing_key" | "rate_limited"> {
    const { type, audience, subject, lifetimeSeconds, atMs, claims } = request;
    this.#atMs = atMs;
    const waitMs = this.#limits.take("token", subject);
    if (waitMs > 0) return fail("rate_limited", "Too many tokens for one subject", { waitMs });
    const key = signingKeyAt(this.#keys, atMs);
    if (key === undefined) return fail("no_signing_key", "There is no key to sign with");
    const jti = crypto.randomUUID();
    const iat = Math.floor(atMs / 1000);
    const token = key.sign[type]({
      ...claims,
      iss: this.#init.issuer,
      aud: audience,
      sub: subject,
      iat,
      exp: iat + lifetimeSeconds,
      jti,
    });
    return { token, jti, expiresInSeconds: lifetimeSeconds };
  }

  canSign({ atMs }: { atMs: number }): boolean {
    return signingKeyAt(this.#keys, atMs) !== undefined;
  }

  reload(): Later<undefined> {
    // A reading that is under way may have begun before what is to be read was written.
    const before = this.#reading ?? Promise.resolve(undefined);
    return later(before.then(() => this.#load()));
  }

  /** A database that is away for a moment is no reason to stop signing with the keys at hand. */
  #load(): Promise<undefined> {
    this.#reading ??= this.#context.pipe(this.#read(), (keys): undefined => {
      this.#reading = undefined;
      if (keys !== undefined) this.#keys = keys;
    });
    return this.#reading;
  }

  async #read(): Promise<readonly OpenKey[] | undefined> {
    if (this.#store === undefined || this.#keyring === undefined) return undefined;
    try {
      const rows = await unrevokedKeys(this.#store.queries);
      const keys: OpenKey[] = [];
      for (const row of rows) {
        const known = this.#keys.find(({ kid }) => kid === row.kid);
        const key = known === undefined ? await openSigningKey(this.#keyring, row) : undefined;
        // When it signs may have changed: a successor steps in early for a key that was revoked.
        if (known !== undefined) keys.push({ ...known, active_from: row.active_from });
        else if (key === undefined) {
          this.#log.error("a signing key can't be opened with this master key", { kid: row.kid });
        } else keys.push({ kid: row.kid, active_from: row.active_from, sign: signersOf(key, row.kid) });
      }
      return keys;
    } catch (error) {
      this.#log.error("could not read the signing keys", { error });
      return undefined;
    }
  }
}

function signersOf(key: KeyObject, kid: string): OpenKey["sign"] {
  return {
    [TOKEN_TYPES.access]: tokenSigner(key, kid, TOKEN_TYPES.access),
    [TOKEN_TYPES.meeting]: tokenSigner(key, kid, TOKEN_TYPES.meeting),
  };
}
