import type { Meeting, MeetingSettings, MeetingStatus } from "../../shared/protocol/mod.ts";
import { meetingSettings } from "../../shared/protocol/mod.ts";
import { type MeetingFacts, type PermissionChanges, permissionChanges } from "../../shared/store/live/mod.ts";
import type { MeetingRow } from "../store/schema.ts";

/** A meeting as REST shows it. `running`: somebody runs it at the moment. */
export function meetingView(row: MeetingRow, publicUrl: string, running: boolean): Meeting {
  return {
    meeting_id: row.meeting_id,
    code: row.code,
    join_url: `${publicUrl}/m/${row.code}`,
    display_name: row.display_name,
    max_participants: row.max_participants,
    settings: settingsOf(row),
    status: statusOf(row, running),
    created_at: new Date(row.created_at).toISOString(),
    ...(row.ended_at === null ? {} : { ended_at: new Date(row.ended_at).toISOString() }),
  };
}

/** What a meeting controller is told of a meeting that it runs. */
export function factsOf(row: MeetingRow, publicUrl: string): MeetingFacts {
  const permission_changes = permissionChangesOf(row);
  return {
    org_id: row.org_id,
    creator: row.creator,
    meeting: meetingView(row, publicUrl, true),
    ...(Object.keys(permission_changes).length === 0 ? {} : { permission_changes }),
  };
}

export function settingsOf(row: MeetingRow): MeetingSettings {
  return meetingSettings.parse(JSON.parse(row.settings));
}

export function permissionChangesOf(row: MeetingRow): PermissionChanges {
  return permissionChanges.parse(JSON.parse(row.permission_changes));
}

function statusOf({ ended_at }: MeetingRow, running: boolean): MeetingStatus {
  if (ended_at !== null) return "ended";
  return running ? "live" : "scheduled";
}
