import { deleteCookie, getCookies, setCookie } from "@std/http/cookie";
import { timingSafeEqual } from "node:crypto";
import { sessionCookieName } from "../../shared/auth/mod.ts";
import { refuse } from "../errors/errors.ts";
import { randomToken } from "../keys/random_token.ts";
import { sha256 } from "../keys/sha256.ts";
import type { SessionRow, UserRow } from "../store/schema.ts";
import { changeSession, endSession, findSession } from "../store/sessions.ts";
import { findUser } from "../store/users.ts";
import type { SessionServices } from "./session_services.ts";

/** Only these paths get the cookie. */
const PATH = "/api/v1/auth/user";
/** A secret is not replaced again within this time, in which several tabs may have asked with the one before. */
const OVERLAP_MS = 10_000;

interface Presented {
  readonly sessionId: string;
  readonly secretHash: Uint8Array<ArrayBuffer>;
}

/**
 * `current`: the secret in use. `overlapping`: replaced within `OVERLAP_MS`. `unconfirmed`: replaced, and nobody has shown
 * the new one yet. `stolen`: any other.
 */
type Standing = "current" | "overlapping" | "unconfirmed" | "stolen";

/**
 * Opens a session for a user and gives its cookie's value.
 *
 * @throws {HttpError} 401 if the account was disabled or got another password since it was read
 */
export async function openSession(services: SessionServices, user: UserRow): Promise<string> {
  const { store, statements, now, settings } = services;
  const sessionId = randomToken(16);
  const secret = randomToken(32);
  const at = now();
  await statements.addSession({
    session_id: sessionId,
    user_id: user.user_id,
    secret_hash: sha256(secret),
    previous_hash: null,
    confirmed: 0,
    rotated_at: at,
    created_at: at,
    expires_at: at + settings.sessionSeconds * 1000,
  });
  // Whoever changes an account ends its sessions after that: either they see this one, or this sees the change.
  const current = await statements.findUserByEmail(user.organization_id, user.email);
  if (current?.password_hash !== user.password_hash || current.disabled === 1) {
    await endSession(store, sessionId);
    throw refuse("INVALID_CREDENTIALS");
  }
  return `${sessionId}.${secret}`;
}

/**
 * The session that a request's cookie stands for.
 *
 * @throws {HttpError} 401 without a session that is good
 */
export async function requireSession(
  services: SessionServices,
  headers: Headers,
  address: string,
): Promise<SessionRow> {
  const session = await currentSession(services, headers, address);
  if (session === undefined) throw refuse("NO_SESSION");
  return session;
}

/**
 * The session that a request's cookie stands for, if it is good. A session's id with a secret that is out of use is in
 * the hands of two: it ends for both, and is on record.
 */
export async function currentSession(
  { store, now, recordWithin, settings }: SessionServices,
  headers: Headers,
  address: string,
): Promise<SessionRow | undefined> {
  const presented = presentedBy(headers, settings);
  const session = presented === undefined ? undefined : await findSession(store, presented.sessionId);
  if (presented === undefined || session === undefined || session.expires_at <= now()) return undefined;
  if (standing(session, presented, now()) !== "stolen") return session;
  const user = await findUser(store, session.user_id);
  await endSession(store, session.session_id, (queries) =>
    recordWithin(queries, {
      type: "token_refused",
      actor: "unknown",
      subject: session.user_id,
      organization_id: user?.organization_id ?? null,
      address,
      result: "session_secret_reused",
    }));
  return undefined;
}

function standing(session: SessionRow, { secretHash }: Presented, now: number): Standing {
  if (timingSafeEqual(secretHash, session.secret_hash)) return "current";
  if (session.previous_hash === null || !timingSafeEqual(secretHash, session.previous_hash)) return "stolen";
  if (now - session.rotated_at <= OVERLAP_MS) return "overlapping";
  return session.confirmed === 0 ? "unconfirmed" : "stolen";
}

/** Gives a session a new secret and puts it on an answer, unless another tab has just been given one. */
export async function renewSession(
  services: SessionServices,
  session: SessionRow,
  headers: Headers,
  answer: Response,
): Promise<void> {
  const { store, now, settings } = services;
  const presented = presentedBy(headers, settings);
  if (presented === undefined) return;
  const stands = standing(session, presented, now());
  if (stands === "current" && now() - session.rotated_at <= OVERLAP_MS) {
    if (session.confirmed === 0) await changeSession(store, session, { confirmed: 1 });
    return;
  }
  if (stands === "overlapping" || stands === "stolen") return;
  const secret = randomToken(32);
  const rotated = await changeSession(store, session, {
    secret_hash: sha256(secret),
    previous_hash: presented.secretHash,
    confirmed: 0,
    rotated_at: now(),
    expires_at: now() + settings.sessionSeconds * 1000,
  });
  if (rotated) putCookie(services, answer, `${session.session_id}.${secret}`);
}

/** Has a browser forget its session. */
export function forgetCookie({ settings }: SessionServices, answer: Response): void {
  deleteCookie(answer.headers, sessionCookieName(settings.issuer), { path: PATH });
}

export function putCookie({ settings }: SessionServices, answer: Response, value: string): void {
  setCookie(answer.headers, {
    name: sessionCookieName(settings.issuer),
    value,
    path: PATH,
    httpOnly: true,
    sameSite: "Strict",
    secure: new URL(settings.issuer).protocol === "https:",
    maxAge: settings.sessionSeconds,
  });
}

function presentedBy(
  headers: Headers,
  { issuer }: SessionServices["settings"],
): Presented | undefined {
  const cookie = getCookies(headers)[sessionCookieName(issuer)] ?? "";
  const [sessionId, secret, ...rest] = cookie.split(".");
  if (sessionId === undefined || secret === undefined || rest.length > 0 || secret.length !== 43) {
    return undefined;
  }
  return { sessionId, secretHash: sha256(secret) };
}
