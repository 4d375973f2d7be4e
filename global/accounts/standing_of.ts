import { unavailable } from "../errors/unavailable.ts";
import type { AccountServices } from "./account_services.ts";

/**
 * Whether a subject's account is disabled.
 *
 * @throws {HttpError} 503 while that can't be said
 */
export async function isDisabled(
  { disabledUsers }: Pick<AccountServices, "disabledUsers">,
  sub: string,
): Promise<boolean> {
  const outcome = await disabledUsers.ask("isDisabled", { sub });
  if (!outcome.ok) throw unavailable(outcome.error);
  return outcome.value;
}
