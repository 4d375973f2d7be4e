import { defaultMeetingSettings } from "../../../../shared/protocol/mod.ts";
import type { Lease } from "../../../../shared/store/live/mod.ts";

/** A lease of meeting "m" on these handlers. */
export function leaseOf(handlers: readonly string[]): Lease {
  return {
    meeting_id: "m",
    facts: {
      meeting: {
        meeting_id: "m",
        code: "c",
        join_url: "http://localhost/m/c",
        display_name: "Stand-up",
        max_participants: 100,
        settings: defaultMeetingSettings,
        status: "live",
        created_at: "2026-01-01T00:00:00Z",
      },
      org_id: "o",
    },
    controller_id: "mc",
    instance_id: "i",
    shard: "0",
    handlers: handlers.map((id) => ({ id, link_url: `ws://${id}/link`, region: `region of ${id}` })),
    generation: 1,
  };
}
