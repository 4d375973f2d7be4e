import type { Permission } from "../../shared/protocol/mod.ts";
import { changeAtController } from "../placement/tell_controller.ts";
import type { MeetingRow } from "../store/schema.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { meetingById } from "./meeting_store.ts";
import { factsOf } from "./meeting_view.ts";

/**
 * Tells the controller that runs a meeting how the meeting now is. Of two changes at once the older one may be told
 * last: so each looks again afterwards, and tells what has changed since.
 */
export async function tellMeetingFacts(
  services: MeetingServices,
  row: MeetingRow,
  named: Permission[],
): Promise<void> {
  let told = row;
  for (;;) {
    // Whoever has changed it since tells the names of that change.
    await changeAtController(services, factsOf(told, services.settings.publicUrl), told === row ? named : []);
    const now = await meetingById(services.store, row.meeting_id);
    if (now === undefined || now.ended_at !== null || isSame(now, told)) return;
    told = now;
  }
}

function isSame(one: MeetingRow, other: MeetingRow): boolean {
  return one.display_name === other.display_name && one.max_participants === other.max_participants &&
    one.settings === other.settings;
}
