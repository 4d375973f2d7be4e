import { deleteCookie, getCookies, setCookie } from "@std/http/cookie";
import { timingSafeEqual } from "node:crypto";
import { refuse } from "./errors.ts";
import { randomToken } from "./keys/random_token.ts";
import type { Parts } from "./parts.ts";
import { sha256 } from "./sha256.ts";
import type { SessionRow } from "./store/schema.ts";
import { endSession, findSession, rotateSession } from "./store/sessions.ts";

/** Only these paths get the cookie. */
const PATH = "/api/v1/auth/user";
const NAME = "dt_session";
/** The secret before the last one still counts for so long: two tabs may have asked at once, or an answer got lost. */
const OVERLAP_MS = 10_000;

interface Presented {
  readonly sessionId: string;
  readonly secretHash: Uint8Array<ArrayBuffer>;
}

/** Opens a session for a user and puts its cookie on an answer. */
export async function openSession(parts: Parts, userId: string, answer: Response): Promise<void> {
  const { statements, now, settings } = parts;
  const sessionId = randomToken(16);
  const secret = randomToken(32);
  const at = now();
  await statements.addSession({
    session_id: sessionId,
    user_id: userId,
    secret_hash: sha256(secret),
    previous_hash: null,
    rotated_at: at,
    created_at: at,
    expires_at: at + settings.sessionSeconds * 1000,
  });
  putCookie(parts, answer, `${sessionId}.${secret}`);
}

/**
 * The session that a request's cookie stands for.
 *
 * @throws {HttpError} 401 without a session that is good
 */
export async function requireSession(parts: Parts, headers: Headers): Promise<SessionRow> {
  const session = await currentSession(parts, headers);
  if (session === undefined) throw refuse("NO_SESSION");
  return session;
}

/**
 * The session that a request's cookie stands for, if it is good. A secret that was replaced a while ago is one that
 * somebody copied: the session ends for everybody who has it.
 */
export async function currentSession(
  { store, now }: Parts,
  headers: Headers,
): Promise<SessionRow | undefined> {
  const presented = presentedBy(headers);
  const session = presented === undefined ? undefined : await findSession(store, presented.sessionId);
  if (presented === undefined || session === undefined || session.expires_at <= now()) return undefined;
  if (timingSafeEqual(presented.secretHash, session.secret_hash)) return session;
  const wasLast = session.previous_hash !== null &&
    timingSafeEqual(presented.secretHash, session.previous_hash);
  if (wasLast && now() - session.rotated_at <= OVERLAP_MS) return session;
  if (wasLast) await endSession(store, session.session_id);
  return undefined;
}

/** Gives a session a new secret and puts it on an answer, unless this request came with the one before. */
export async function renewSession(
  parts: Parts,
  session: SessionRow,
  headers: Headers,
  answer: Response,
): Promise<void> {
  const { store, now, settings } = parts;
  const presented = presentedBy(headers);
  if (presented === undefined || !timingSafeEqual(presented.secretHash, session.secret_hash)) return;
  const secret = randomToken(32);
  const rotated = await rotateSession(store, session, {
    secret_hash: sha256(secret),
    rotated_at: now(),
    expires_at: now() + settings.sessionSeconds * 1000,
  });
  if (rotated) putCookie(parts, answer, `${session.session_id}.${secret}`);
}

/** Has a browser forget its session. */
export function forgetCookie(answer: Response): void {
  deleteCookie(answer.headers, NAME, { path: PATH });
}

function putCookie({ settings }: Parts, answer: Response, value: string): void {
  setCookie(answer.headers, {
    name: NAME,
    value,
    path: PATH,
    httpOnly: true,
    sameSite: "Strict",
    secure: settings.issuer.startsWith("https:"),
    maxAge: settings.sessionSeconds,
  });
}

function presentedBy(headers: Headers): Presented | undefined {
  const [sessionId, secret, ...rest] = (getCookies(headers)[NAME] ?? "").split(".");
  if (sessionId === undefined || secret === undefined || rest.length > 0 || secret.length !== 43) {
    return undefined;
  }
  return { sessionId, secretHash: sha256(secret) };
}
