import { busy } from "../meetings/find_meeting.ts";
import type { Parts } from "../composition/parts.ts";

/**
 * Whether a subject's account is disabled.
 *
 * @throws {HttpError} 503 while that can't be said
 */
export async function isDisabled(
  { disabledUsers }: Pick<Parts, "disabledUsers">,
  sub: string,
): Promise<boolean> {
  const outcome = await disabledUsers.ask("isDisabled", { sub });
  if (!outcome.ok) throw busy(outcome.error);
  return outcome.value;
}
