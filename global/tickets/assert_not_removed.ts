import { isDisabled } from "../accounts/is_disabled.ts";
import { refuse } from "../errors/errors.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { MeetingServices } from "../meetings/meeting_services.ts";
import { isKeptOut } from "../meetings/removals.ts";

/**
 * Refuses a token that was issued before a host removed its subject, every token after a ban, and those of disabled
 * accounts.
 *
 * @throws {HttpError} 403
 */
export async function assertNotRemoved(
  services: Pick<MeetingServices, "live" | "store" | "disabledUsers">,
  meeting_id: string,
  sub: string,
  issued_ms: number,
): Promise<void> {
  const outcome = await services.live.revocations.ask("revoked", { meeting_id, sub, issued_ms });
  if (!outcome.ok) throw unavailable(outcome.error);
  const isRemoved = outcome.value || await isKeptOut(services.store, meeting_id, sub, issued_ms);
  if (isRemoved || await isDisabled(services, sub)) throw refuse("REMOVED");
}
