import { logger } from "../shared/log/mod.ts";
import type { DisabledUser } from "./actors/disabled_users.ts";
import type { Parts } from "./parts.ts";
import { meetingsOfSubject } from "./store/identities.ts";
import { removeAtController } from "./tell_controller.ts";

const log = logger("end_participation");

/**
 * Puts a disabled user out of every meeting that they were let into: their meeting tokens of before are refused
 * everywhere from now on, and the controllers that run these meetings remove them. `false` if something of that has to be tried again.
 */
export async function endParticipation(
  parts: Pick<Parts, "store" | "live" | "registry" | "serviceTokens" | "now">,
  { user_id: sub, disabled_at }: DisabledUser,
): Promise<boolean> {
  // AC signed no token after `disabled_at` by its own clock, whichever of the two clocks is ahead.
  const at_ms = Math.max(parts.now(), disabled_at);
  try {
    const removed = await Promise.all(
      (await meetingsOfSubject(parts.store, sub)).map(async (meeting_id) => {
        const revocation = { meeting_id, sub, banned: false, at_ms };
        if (!(await parts.live.revocations.ask("revoke", revocation)).ok) return false;
        return await removeAtController(parts, meeting_id, sub);
      }),
    );
    return removed.every((done) => done);
  } catch (error) {
    log.error("the meetings of a disabled user could not be read", { sub, error });
    return false;
  }
}
