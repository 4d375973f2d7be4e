import type { Permission } from "../../shared/protocol/mod.ts";
import { changeAtController } from "../placement/tell_controller.ts";
import type { GlobalSettings } from "../settings.ts";
import type { MeetingRow } from "../store/schema.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { meetingById } from "./meeting_store.ts";
import { factsOf } from "./meeting_view.ts";

interface TellingServices extends Pick<MeetingServices, "store" | "registry" | "serviceTokens"> {
  readonly live: Pick<MeetingServices["live"], "leases">;
  readonly settings: Pick<GlobalSettings, "publicUrl">;
}

/**
 * Tells the controller that runs a meeting how the meeting now is. Of two changes at once the older one may be told
 * last: so each looks again afterwards, and tells what has changed since. `false` if a controller may not have heard of
 * it.
 */
export async function tellMeetingFacts(
  services: TellingServices,
  row: MeetingRow,
  named: Permission[],
): Promise<boolean> {
  const { publicUrl } = services.settings;
  let told = row;
  for (;;) {
    // Whoever has changed it since tells the names of that change.
    if (!await changeAtController(services, factsOf(told, publicUrl), told === row ? named : [])) {
      return false;
    }
    const now = await meetingById(services.store, row.meeting_id);
    if (now === undefined || now.ended_at !== null || isSame(now, told)) return true;
    told = now;
  }
}

function isSame(one: MeetingRow, other: MeetingRow): boolean {
  return one.display_name === other.display_name && one.max_participants === other.max_participants &&
    one.settings === other.settings;
}
