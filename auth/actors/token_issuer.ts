import { SignJWT } from "@panva/jose";
import { z } from "zod";
import { ask, fail, protocol, tell } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure } from "../../shared/actor/mod.ts";
import { AUDIENCES, TOKEN_TYPES } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { Keyring } from "../keys/keyring.ts";
import { randomToken } from "../keys/random_token.ts";
import { openSigningKey } from "../keys/signing_key.ts";
import { createLimiter } from "../limits/gcra.ts";
import type { Limiter, Rate } from "../limits/gcra.ts";
import type { Tables } from "../store/schema.ts";
import { signingKeyAt, usableKeys } from "../store/signing_keys.ts";

const tokenRequest = z.object({
  type: z.enum([TOKEN_TYPES.access, TOKEN_TYPES.meeting]),
  audience: z.enum(Object.values(AUDIENCES)),
  subject: z.string(),
  lifetimeSeconds: z.int().min(1),
  /** What the token says beside the registered claims, which these can't replace. */
  claims: z.record(z.string(), z.unknown()),
});

export type TokenRequest = z.infer<typeof tokenRequest>;

const issuedToken = z.object({ token: z.string(), jti: z.string(), expiresInSeconds: z.int() });
export type IssuedToken = z.infer<typeof issuedToken>;

export const TokenIssuer = protocol({
  /** `rate_limited` says in `details` how many milliseconds to wait. */
  issue: ask(tokenRequest, issuedToken, ["no_signing_key", "rate_limited"]),
  /** The stored keys are not what they were. */
  keysChanged: tell(z.undefined()),
});

export interface TokenIssuerInit {
  readonly store: Store<Tables>;
  readonly keyring: Keyring;
  readonly issuer: string;
  /** Tokens for one subject. */
  readonly rate: Rate;
  /** Told which key signs from now on. */
  readonly onSigningKey: (key: { readonly createdAt: number } | undefined) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** The stored keys are read again this often: another process may have rotated or revoked them. */
const RELOAD_MS = 5_000;

/** Owns the key that signs; alone in making tokens. */
export class TokenIssuerActor {
  static readonly protocol = TokenIssuer;
  readonly #init: TokenIssuerInit;
  readonly #context: ActorContext<typeof TokenIssuer>;
  readonly #limiter: Limiter;
  readonly #log = logger("token_issuer");
  #signing: { readonly kid: string; readonly key: CryptoKey } | undefined;
  #loadedAt = -Infinity;

  constructor(init: TokenIssuerInit, context: ActorContext<typeof TokenIssuer>) {
    this.#init = init;
    this.#context = context;
    this.#limiter = createLimiter(init.rate);
  }

  async issue(request: TokenRequest): Promise<IssuedToken | Failure<"no_signing_key" | "rate_limited">> {
    const { type, audience, subject, lifetimeSeconds, claims } = request;
    const waitMs = this.#limiter.take(subject, this.#context.clock.now());
    if (waitMs > 0) return fail("rate_limited", "Too many tokens for one subject", { waitMs });
    if (this.#context.clock.now() - this.#loadedAt >= RELOAD_MS) await this.#load();
    if (this.#signing === undefined) return fail("no_signing_key", "There is no key to sign with");
    const { kid, key } = this.#signing;
    const jti = randomToken(16);
    const iat = Math.floor(this.#init.now() / 1000);
    const registered = {
      iss: this.#init.issuer,
      aud: audience,
      sub: subject,
      iat,
      exp: iat + lifetimeSeconds,
      jti,
    };
    const token = await new SignJWT({ ...claims, ...registered })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: type })
      .sign(key);
    return { token, jti, expiresInSeconds: lifetimeSeconds };
  }

  keysChanged(): Promise<void> {
    return this.#load();
  }

  onStart(): Promise<void> {
    return this.#load();
  }

  /** A database that is away for a moment is no reason to stop signing with the key at hand. */
  async #load(): Promise<void> {
    const { store, keyring, now } = this.#init;
    this.#loadedAt = this.#context.clock.now();
    try {
      const row = signingKeyAt(await usableKeys(store, now()), now());
      if (row !== undefined && row.kid === this.#signing?.kid) return;
      const key = row === undefined ? undefined : await openSigningKey(keyring, row);
      if (row !== undefined && key === undefined) {
        this.#log.error("the signing key can't be opened with this master key", { kid: row.kid });
      }
      this.#signing = row === undefined || key === undefined ? undefined : { kid: row.kid, key };
      this.#init.onSigningKey(row === undefined ? undefined : { createdAt: row.created_at });
    } catch (error) {
      this.#log.error("could not read the signing keys", { error });
    }
  }
}
