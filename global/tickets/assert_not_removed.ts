import { isDisabled } from "../accounts/standing_of.ts";
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
  services: Pick<MeetingServices, "live" | "store" | "accountStandings">,
  meeting_id: string,
  sub: string,
  issued_ms: number,
): Promise<void> {
  const outcome = await services.live.revocations.ask("revoked", { meeting_id, sub, issued_ms });
  if (!outcome.ok) throw unavailable(outcome.error);
  const isRemoved = outcome.value || await isKeptOut(services.store, meeting_id, sub, issued_ms);
  if (isRemoved || await isDisabled(services, sub)) throw refuse("REMOVED");
}

/**
 * Refuses who could not use a token that is issued now. Its `iat` is a whole second (RFC 7519 §2): a meeting refuses a token
 * that is issued later in the second of a removal, and its client does not try again.
 *
 * @throws {HttpError} 403
 */
export function assertMayGetToken(
  services: Pick<MeetingServices, "live" | "store" | "accountStandings" | "now">,
  meeting_id: string,
  sub: string,
): Promise<void> {
  return assertNotRemoved(services, meeting_id, sub, Math.floor(services.now() / 1_000) * 1_000);
}
