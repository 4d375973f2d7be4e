import { writeObstacle } from "../../shared/store/mod.ts";
import { ISSUE_SCOPE } from "../tickets/issue_meeting_token.ts";
import type { GlobalServices } from "./global_services.ts";

/** A key id that no issuer has: asking for it tells whether the issuer's keys are at hand at all. */
const NO_KEY = "none";

/** Why GC can't let anybody into a meeting at the moment, in words for its operator. */
export async function notReadyReason(
  { keys, registry, serviceTokens, settings, store }: GlobalServices,
): Promise<string | undefined> {
  // Each ticket is on record, so without room in the database there is none.
  const unwritable = await writeObstacle(store);
  if (unwritable !== undefined) return unwritable;
  const [found, own] = await Promise.all([
    keys.ask("find", { issuer: settings.issuer, kid: NO_KEY }),
    serviceTokens.ask("token", { scope: ISSUE_SCOPE }),
  ]);
  if (!found.ok && found.error.code !== "unknown_key") {
    return "the keys of the Auth Controller can't be had";
  }
  // While AC is merely away its tokens count; a client that it refuses is refused until somebody mends that.
  if (!own.ok && own.error.code === "refused") return own.error.message;
  const census = await registry.ask("census", undefined);
  if (!census.ok) return "the live store doesn't answer";
  const { controllers, handlers } = census.value;
  if (controllers.ready + controllers.degraded === 0) return "no meeting controller is ready";
  if (handlers.ready + handlers.degraded === 0) return "no media handler is ready";
  return undefined;
}
