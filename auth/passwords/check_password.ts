import { addressKey } from "../../shared/limits/address_key.ts";
import { refuse } from "../errors/errors.ts";
import { wholeSeconds } from "../limits/wait_seconds.ts";
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
  { loginFailures, passwords, metrics, record }: PasswordServices,
  user: UserRow | undefined,
  { account, address, password }: Attempt,
  purpose: "login" | "password_changed" = "login",
): Promise<UserRow> {
  const key = `${account}\n${addressKey(address)}`;
  const { waitMs, withdraw } = await loginFailures.attempt(key);
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
  if (waitMs > 0) {
    tell("too_many_attempts");
    throw refuse("TOO_MANY_ATTEMPTS", { retryAfterSeconds: wholeSeconds(waitMs) });
  }
  let matches: boolean;
  try {
    matches = await passwords.matches(password, user?.password_hash);
  } catch (error) {
    await withdraw();
    tell("overloaded");
    throw error;
  }
  if (user === undefined || !matches || user.disabled === 1) {
    tell(user === undefined ? "unknown_account" : matches ? "disabled" : "wrong_password");
    throw refuse("INVALID_CREDENTIALS");
  }
  await loginFailures.succeeded(key);
  // A change is on record when it is done.
  if (purpose === "login") tell("ok");
  return user;
}
