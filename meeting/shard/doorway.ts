import { z } from "zod";
import { type MeetingTokenClaims, tokenParser, type TokenRefusal } from "../../shared/auth/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import { createLimiter, type Limiter, type Rate } from "../../shared/limits/gcra.ts";
import { closeCodes, SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import { Tally } from "../../shared/limits/tally.ts";
import { RecentMap } from "../../shared/recent_map.ts";
import { bearer, type Handshake, type HandshakeAnswer, type Release } from "./handshake.ts";

/** The limits on a shard's handshakes and on its connections that have not joined. */
export interface DoorLimits {
  /** Open connections of one address whose token was refused. */
  readonly unauthenticatedPerAddress: number;
  /** Connections of one address that are being checked, or are open and have not joined. */
  readonly unjoinedPerAddress: number;
  readonly unjoinedPerSubject: number;
  /** Handshakes of one address. */
  readonly handshakesPerSecond: number;
  readonly handshakeBurst: number;
  /** Refused handshakes of one address, and of one subject. */
  readonly refusedPerSecond: number;
  readonly refusedBurst: number;
}

export interface DoorwayOptions {
  /** The origins whose pages may connect, besides localhost. */
  readonly origins: readonly string[];
  readonly limits: DoorLimits;
  /** Milliseconds; only differences are used. */
  readonly now: () => number;
  /** Called for every refusal. */
  readonly onRefused: (refused: RefusedHandshake) => void;
}

export interface RefusedHandshake {
  readonly reason: DoorRefusal;
  /** The address or the subject that it counts for. */
  readonly key: string;
  /** The refusal came after the token was verified. */
  readonly isToken: boolean;
  /** The key goes on in spite of refusals; true once a minute. */
  readonly isFlood: boolean;
}

export type DoorRefusal =
  | TokenRefusal
  | "removed"
  | "subprotocol"
  | "origin"
  | "too_often"
  | "too_many_unjoined"
  | "too_many_unauthenticated";

/** The result of checking a token: its claims, or the reason of its refusal. */
export type CheckedToken = MeetingTokenClaims | TokenRefusal | "removed";

const claimedSub = z.object({ sub: z.string() });

type Refused = Extract<HandshakeAnswer, { kind: "refused" }>;

const warningPeriodMs = 60_000;
/** How many of the subjects that were let in are remembered: the latest. */
const KNOWN_SUBJECTS = 10_000;
/** Rate, per subject, of tokens that are verified although their address was refused too often. */
const CLAIMS: Rate = { count: 1, periodMs: 2_000, burst: 5 };

/**
 * Decides handshakes in two steps: `knock` before the token is verified, `judge` by the verified token. From an address that
 * was refused too often only those come in who were let in before: their neighbours must not keep them out.
 */
export class Doorway {
  readonly #options: DoorwayOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #handshakes: Limiter;
  readonly #refusals: Limiter;
  readonly #warnings = createLimiter({ count: 1, periodMs: warningPeriodMs, burst: 1 }, 1_000);
  readonly #unjoined = new Tally();
  readonly #unauthenticated = new Tally();
  readonly #subjects = new Tally();
  readonly #parse = tokenParser();
  readonly #known = new RecentMap<string, true>(KNOWN_SUBJECTS);
  readonly #claims = createLimiter(CLAIMS, KNOWN_SUBJECTS);

  constructor(options: DoorwayOptions) {
    const { origins, limits } = options;
    this.#options = options;
    this.#origins = new Set(origins);
    this.#handshakes = perSecond(limits.handshakesPerSecond, limits.handshakeBurst);
    this.#refusals = perSecond(limits.refusedPerSecond, limits.refusedBurst);
  }

  /** Refuses a handshake, or takes a place for it and answers the function that releases the place. */
  knock(handshake: Handshake): Refused | Release {
    const { address, offered, origin } = handshake;
    const key = addressKey(address);
    const { limits, now } = this.#options;
    const nowMs = now();
    // A client that is no browser sends no origin, and no page can make it connect.
    if (origin !== null && !this.#origins.has(origin) && !isLocal(origin)) {
      // It doesn't count against the address: whoever looks at a page can't help what it does.
      this.#options.onRefused({ reason: "origin", key, isToken: false, isFlood: false });
      const message = "Pages of this origin may not connect.";
      return { kind: "refused", status: 403, code: "FORBIDDEN", message };
    }
    const isOften = this.#refusals.check(key, nowMs) > 0 || this.#handshakes.take(key, nowMs) > 0;
    if (isOften && !this.#claimsKnown(handshake, nowMs)) {
      return this.#tooMany("too_often", key, "Too many handshakes.");
    }
    if (!offered.includes(SUBPROTOCOL)) {
      this.#count("subprotocol", key);
      return badHandshake();
    }
    if (this.#unjoined.of(key) >= limits.unjoinedPerAddress) {
      return this.#tooMany("too_many_unjoined", key, "Too many connections that have not joined.");
    }
    return this.#unjoined.add(key);
  }

  /** Decides a handshake that `knock` let pass, by the result of checking its token. */
  judge({ address }: Handshake, checked: CheckedToken, release: Release): HandshakeAnswer {
    if (typeof checked !== "string") return this.#admit(checked, release);
    release();
    const key = addressKey(address);
    this.#count(checked, key, true);
    if (this.#unauthenticated.of(key) >= this.#options.limits.unauthenticatedPerAddress) {
      return this.#tooMany("too_many_unauthenticated", key, "Too many connections without a valid token.");
    }
    return { kind: "closed", ...closing(checked), release: this.#unauthenticated.add(key) };
  }

  #admit(claims: MeetingTokenClaims, release: Release): HandshakeAnswer {
    const key = `sub ${claims.sub}`;
    const isTooOften = this.#refusals.check(key, this.#options.now()) > 0;
    if (isTooOften || this.#subjects.of(key) >= this.#options.limits.unjoinedPerSubject) {
      release();
      const reason = isTooOften ? "too_often" : "too_many_unjoined";
      return this.#tooMany(reason, key, "Too many connections that have not joined.");
    }
    this.#known.set(claims.sub, true);
    const releaseSubject = this.#subjects.add(key);
    return {
      kind: "accepted",
      claims,
      release() {
        release();
        releaseSubject();
      },
    };
  }

  /** Whether the token, which nobody has verified yet, names somebody who was let in before. */
  #claimsKnown(handshake: Handshake, nowMs: number): boolean {
    const sub = claimedSub.safeParse(this.#parse(bearer(handshake) ?? "")?.payload).data?.sub;
    return sub !== undefined && this.#known.get(sub) === true && this.#claims.take(sub, nowMs) === 0;
  }

  #tooMany(reason: DoorRefusal, key: string, message: string): Refused {
    this.#count(reason, key);
    return { kind: "refused", status: 429, code: "RATE_LIMITED", message };
  }

  #count(reason: DoorRefusal, key: string, isToken = false): void {
    const nowMs = this.#options.now();
    // A refusal because AC can't be reached doesn't count against the client.
    const isOver = reason !== "unavailable" && this.#refusals.take(key, nowMs) > 0;
    const isFlood = isOver && this.#warnings.take(key, nowMs) === 0;
    this.#options.onRefused({ reason, key, isToken, isFlood });
  }
}

/** The answer to a request that is no handshake of this protocol. */
export function badHandshake(): Refused {
  const message = `This is no WebSocket handshake for the subprotocol ${SUBPROTOCOL}.`;
  return { kind: "refused", status: 400, code: "INVALID_REQUEST", message };
}

function closing(refused: TokenRefusal | "removed") {
  if (refused === "removed") {
    return { code: closeCodes.removed, reason: "you were removed from this meeting" };
  }
  if (refused === "unavailable") {
    return { code: closeCodes.movedAway, reason: "not ready: ask for a ticket again" };
  }
  return { code: closeCodes.tokenRefused, reason: "the token is not accepted" };
}

function perSecond(count: number, burst: number): Limiter {
  return createLimiter({ count, periodMs: 1_000, burst }, 10_000);
}

function isLocal(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname;
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}
