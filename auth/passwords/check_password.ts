import { logUntold } from "../../shared/log/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import { refuse } from "../errors/errors.ts";
import { waitSeconds } from "../limits/wait_seconds.ts";
import type { UserRow } from "../store/schema.ts";
import type { PasswordServices } from "./password_services.ts";

/** An attempt to prove who one is by a password. */
export interface Attempt {
  /** The account's name, or the id of a user who isn't any more. */
  readonly account: string;
  readonly address: string;
  readonly password: string;
}

/** What failures are counted by, whether there is such an account or not. */
export function accountName(organizationId: string, email: string): string {
  return `${organizationId} ${email}`;
}

/**
 * Checks a password within the limits of guessing. Who has no account, a disabled one or a wrong password gets the
 * same answer after the same time.
 *
 * @throws {HttpError} 401, 429 while the account has to wait for this address, 503 if too many wait
 */
export async function checkPassword(
  { loginGuard, passwords, metrics, record }: PasswordServices,
  user: UserRow | undefined,
  { account, address, password }: Attempt,
  purpose: "login" | "password_changed" = "login",
): Promise<UserRow> {
  const key = `${account}\n${addressKey(address)}`;
  const turn = await loginGuard.ask("attempt", { key });
  const tell = (result: string) => {
    if (purpose === "login") metrics.logins.add({ result });
    record({
      type: purpose,
      actor: user?.user_id ?? "unknown",
      subject: user?.user_id ?? "unknown",
      organization_id: user?.organization_id ?? null,
      address,
      result,
    });
  };
  if (!turn.ok) {
    tell("too_many_attempts");
    if (turn.error.code !== "wait") throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: turn.error });
    throw refuse("TOO_MANY_ATTEMPTS", { retryAfterSeconds: waitSeconds(turn.error.details) });
  }
  let matches: boolean;
  try {
    matches = await passwords.matches(password, user?.password_hash);
  } catch (error) {
    logUntold(loginGuard.tell("withdrawn", { key }), "a login was tried");
    tell("overloaded");
    throw error;
  }
  if (user === undefined || !matches || user.disabled === 1) {
    tell(user === undefined ? "unknown_account" : matches ? "disabled" : "wrong_password");
    throw refuse("INVALID_CREDENTIALS");
  }
  logUntold(loginGuard.tell("succeeded", { key }), "a login was tried");
  // A change is on record when it is done.
  if (purpose === "login") tell("ok");
  return user;
}
