import type { KeyObject } from "node:crypto";
import type { z } from "zod";
import type { ActorRef } from "../actor/mod.ts";
import { RecentMap } from "../recent_map.ts";
import { AUDIENCES } from "./audience.ts";
import type { Audience } from "./audience.ts";
import { meetingTokenClaims, serviceTokenClaims, TOKEN_TYPES, userTokenClaims } from "./claims.ts";
import type { MeetingTokenClaims, ServiceTokenClaims, UserTokenClaims } from "./claims.ts";
import type { JwksManager, NoKey } from "./jwks_manager_actor.ts";
import { tokenParser } from "./token_parts.ts";
import { signatureCheck } from "./verify_signature.ts";

/** Why a token is refused, for the log and the audit trail. The client reads one text for all reasons. */
export type TokenRefusal =
  | "too_large"
  | "malformed"
  | "header"
  | "issuer"
  | "signature"
  | "claims"
  | "audience"
  | "expired"
  | "issued_in_future"
  | NoKey;

export type Verified<C> =
  | { readonly ok: true; readonly claims: C }
  | { readonly ok: false; readonly reason: TokenRefusal };

/** Verifies tokens, with one method for each kind. A token of one kind is never accepted as another. */
export interface TokenVerifier {
  user(token: string): Promise<Verified<UserTokenClaims>>;
  /** A service's token for the component that asks. */
  service(token: string): Promise<Verified<ServiceTokenClaims>>;
  /** With `expiredForSeconds` a token that expired at most so long ago is accepted, too: it can be renewed. */
  meeting(token: string, options?: { expiredForSeconds?: number }): Promise<Verified<MeetingTokenClaims>>;
}

export interface VerifierOptions {
  readonly keys: ActorRef<typeof JwksManager>;
  /** This component's audience in service tokens. */
  readonly audience: Audience;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

/** How many verified tokens of each kind are remembered at least. They need no second signature check. */
const REMEMBERED = 10_000;
const MAX_TOKEN_BYTES = 8 * 1024;
const LEEWAY_SECONDS = 5;
const MAX_SECONDS_IN_FUTURE = 300;

/** The claims of all kinds of token. */
interface BaseClaims {
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
}

/** One kind of token: the header's `typ`, the audience, and the shape of its claims. */
interface Kind<C> {
  readonly type: string;
  readonly audience: string;
  readonly schema: z.ZodType<C>;
  /** Tokens of this kind whose signature was good. */
  readonly remembered: RecentMap<string, Proven<C>>;
}

interface Proven<C> {
  readonly issuer: string;
  readonly kid: string;
  readonly key: KeyObject;
  readonly claims: C;
}

/**
 * Makes the verifier of a service. RFC 8725: the algorithm, type, issuer and audience are pinned; key references in
 * a token's header are refused, not followed.
 */
export function createTokenVerifier(options: VerifierOptions): TokenVerifier {
  const { keys, now = Date.now } = options;
  const parse = tokenParser();
  const hasValidSignature = signatureCheck();

  const findKey = (issuer: string, kid: string) => keys.ask("find", { issuer, kid });

  async function prove<C>(kind: Kind<C>, token: string): Promise<Proven<C> | TokenRefusal> {
    if (token.length > MAX_TOKEN_BYTES) return "too_large";
    const parts = parse(token);
    if (parts === undefined) return "malformed";
    const { header, payload } = parts;
    if (header === undefined || header.typ !== kind.type) return "header";
    const issuer = issuerOf(payload);
    if (issuer === undefined) return "issuer";
    const found = await findKey(issuer, header.kid);
    if (!found.ok) return found.error.code === "unknown_key" ? "unknown_key" : "unavailable";
    const key = found.value;
    if (!hasValidSignature(token, key)) return "signature";
    const parsed = kind.schema.safeParse(payload);
    if (!parsed.success) return audienceOf(payload) === kind.audience ? "claims" : "audience";
    const proven = { issuer, kid: header.kid, key, claims: parsed.data };
    kind.remembered.set(token, proven);
    return proven;
  }

  /** Looks the key of a remembered token up again, so that a token of a revoked key is refused. */
  async function recall<C>(
    kind: Kind<C>,
    token: string,
    before: Proven<C>,
  ): Promise<Proven<C> | TokenRefusal> {
    const found = await findKey(before.issuer, before.kid);
    if (found.ok && found.value === before.key) return before;
    kind.remembered.delete(token);
    return await prove(kind, token);
  }

  async function verify<C extends BaseClaims>(
    kind: Kind<C>,
    token: string,
    expiredForSeconds = 0,
  ): Promise<Verified<C>> {
    const before = kind.remembered.get(token);
    const proven = await (before === undefined ? prove(kind, token) : recall(kind, token, before));
    if (typeof proven === "string") return { ok: false, reason: proven };
    const { claims } = proven;
    const seconds = now() / 1000;
    if (claims.aud !== kind.audience) return { ok: false, reason: "audience" };
    if (claims.iat > seconds + MAX_SECONDS_IN_FUTURE) return { ok: false, reason: "issued_in_future" };
    if (claims.exp + LEEWAY_SECONDS + expiredForSeconds <= seconds) return { ok: false, reason: "expired" };
    return { ok: true, claims };
  }

  const user = kindOf(TOKEN_TYPES.access, AUDIENCES.api, userTokenClaims);
  const service = kindOf(TOKEN_TYPES.access, options.audience, serviceTokenClaims);
  const meeting = kindOf(TOKEN_TYPES.meeting, AUDIENCES.meeting, meetingTokenClaims);
  return {
    user: (token) => verify(user, token),
    service: (token) => verify(service, token),
    meeting: (token, { expiredForSeconds } = {}) => verify(meeting, token, expiredForSeconds),
  };
}

function kindOf<C>(type: string, audience: string, schema: z.ZodType<C>): Kind<C> {
  return { type, audience, schema, remembered: new RecentMap(REMEMBERED) };
}

function audienceOf(payload: unknown): unknown {
  return typeof payload === "object" && payload !== null && "aud" in payload ? payload.aud : undefined;
}

function issuerOf(payload: unknown): string | undefined {
  if (typeof payload !== "object" || payload === null || !("iss" in payload)) return undefined;
  return typeof payload.iss === "string" ? payload.iss : undefined;
}
