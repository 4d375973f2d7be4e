import { logger } from "../../shared/log/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { PlacementServices } from "../placement/placement_services.ts";
import { removeAtController } from "../placement/tell_controller.ts";
import type { GlobalTables } from "../store/schema.ts";
import type { DisabledUser } from "./account_standings_protocol.ts";
import { meetingsOfSubject } from "./identities.ts";

interface RemovalServices extends Pick<PlacementServices, "live" | "registry" | "serviceTokens"> {
  readonly store: Store<GlobalTables>;
  readonly now: () => number;
}

const log = logger("remove_from_meetings");

/**
 * Removes a disabled user from every meeting that they had a ticket for: the meeting tokens that they have are refused
 * everywhere from now on, and the controllers that run these meetings remove them. `false` if that has to be tried
 * again.
 */
export async function removeFromMeetings(
  services: RemovalServices,
  { user_id: sub, disabled_at }: DisabledUser,
): Promise<boolean> {
  // AC signed no token after `disabled_at` by its own clock, whichever of the two clocks is ahead.
  const at_ms = Math.max(services.now(), disabled_at);
  try {
    const removed = await Promise.all(
      (await meetingsOfSubject(services.store, sub)).map(async (meeting_id) => {
        const revocation = { meeting_id, sub, banned: false, at_ms };
        if (!(await services.live.revocations.ask("revoke", revocation)).ok) return false;
        return await removeAtController(services, meeting_id, sub);
      }),
    );
    return removed.every((done) => done);
  } catch (error) {
    log.error("the meetings of a disabled user could not be read", { sub, error });
    return false;
  }
}
