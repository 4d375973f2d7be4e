import type { Permission } from "../../shared/protocol/mod.ts";
import { isSameFacts } from "../placement/is_same_facts.ts";
import { changeAtController } from "../placement/tell_controller.ts";
import type { GlobalSettings } from "../settings.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { storedFacts } from "./stored_facts.ts";

interface TellingServices extends Pick<MeetingServices, "store" | "registry" | "serviceTokens"> {
  readonly live: Pick<MeetingServices["live"], "leases">;
  readonly settings: Pick<GlobalSettings, "publicUrl">;
}

/**
 * Tells the controller that runs a meeting how the meeting now is, and which permissions a change has named. Of two changes
 * at once the older one may be told last: so each looks again afterwards, and tells what has changed since. `false` if a
 * controller may not have heard of it.
 */
export async function tellMeetingFacts(
  services: TellingServices,
  meetingId: string,
  named: Permission[],
): Promise<boolean> {
  const read = () => storedFacts(services.store, services.settings.publicUrl, meetingId);
  let names = named;
  let facts = await read();
  while (typeof facts !== "string") {
    if (!await changeAtController(services, facts, names)) return false;
    const now = await read();
    if (typeof now !== "string" && isSameFacts(now, facts)) return true;
    facts = now;
    // Whoever has changed it since tells the names of that change.
    names = [];
  }
  return facts === "ended";
}
