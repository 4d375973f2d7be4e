import type { MeetingTokenClaims, TokenRefusal } from "../../shared/auth/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import { createLimiter, type Limiter } from "../../shared/limits/gcra.ts";
import { closeCodes, SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import type { Handshake, HandshakeAnswer, Release } from "./handshake.ts";
import { Tally } from "./tally.ts";

/** How many may stand at a shard's door, and how often somebody may come. */
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
  /** Origins whose pages may connect, beside localhost. */
  readonly origins: readonly string[];
  readonly limits: DoorLimits;
  /** Milliseconds; only differences are used. */
  readonly now: () => number;
  /** Told of every refusal. */
  readonly onRefused: (refused: RefusedHandshake) => void;
}

export interface RefusedHandshake {
  readonly reason: DoorRefusal;
  /** The address or the subject that it counts for. */
  readonly key: string;
  /** Its token was looked at. */
  readonly isToken: boolean;
  /** The key comes on in spite of refusals; said once a minute. */
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

/** What became of a token: its claims, or why it lets nobody in. */
export type CheckedToken = MeetingTokenClaims | TokenRefusal | "removed";

type Refused = Extract<HandshakeAnswer, { kind: "refused" }>;

const warningPeriodMs = 60_000;

/** Decides who may open a WebSocket here: before their token is looked at, and by what became of it. */
export class Doorway {
  readonly #options: DoorwayOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #handshakes: Limiter;
  readonly #refusals: Limiter;
  readonly #warnings = createLimiter({ count: 1, periodMs: warningPeriodMs, burst: 1 }, 1_000);
  readonly #unjoined = new Tally();
  readonly #unauthenticated = new Tally();
  readonly #subjects = new Tally();

  constructor(options: DoorwayOptions) {
    const { origins, limits } = options;
    this.#options = options;
    this.#origins = new Set(origins);
    this.#handshakes = perSecond(limits.handshakesPerSecond, limits.handshakeBurst);
    this.#refusals = perSecond(limits.refusedPerSecond, limits.refusedBurst);
  }

  /** The answer to a handshake that goes no further, or what lets go of the place that it has taken. */
  knock({ address, offered, origin }: Handshake): Refused | Release {
    const key = addressKey(address);
    const { limits, now } = this.#options;
    const nowMs = now();
    if (this.#refusals.check(key, nowMs) > 0 || this.#handshakes.take(key, nowMs) > 0) {
      return this.#tooMany("too_often", key, "Too many handshakes.");
    }
    if (!offered.includes(SUBPROTOCOL)) {
      this.#count("subprotocol", key);
      return badHandshake();
    }
    // A client that is no browser sends none, and can't be made to connect by a page.
    if (origin !== null && !this.#origins.has(origin) && !isLocal(origin)) {
      this.#count("origin", key);
      const message = "Pages of this origin may not connect.";
      return { kind: "refused", status: 403, code: "FORBIDDEN", message };
    }
    if (this.#unjoined.of(key) >= limits.unjoinedPerAddress) {
      return this.#tooMany("too_many_unjoined", key, "Too many connections that have not joined.");
    }
    return this.#unjoined.add(key);
  }

  /** The answer to a handshake that has knocked, and whose token was looked at. */
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

  #tooMany(reason: DoorRefusal, key: string, message: string): Refused {
    this.#count(reason, key);
    return { kind: "refused", status: 429, code: "RATE_LIMITED", message };
  }

  #count(reason: DoorRefusal, key: string, isToken = false): void {
    const nowMs = this.#options.now();
    // AC that can't be asked is nobody's fault at the door.
    const isOver = reason !== "unavailable" && this.#refusals.take(key, nowMs) > 0;
    const isFlood = isOver && this.#warnings.take(key, nowMs) === 0;
    this.#options.onRefused({ reason, key, isToken, isFlood });
  }
}

/** The answer to a handshake that is none of this protocol's. */
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
