import { defaultMeetingSettings } from "../../../shared/protocol/mod.ts";
import type { ControllerEntry, HandlerEntry, MeetingFacts } from "../../../shared/store/live/mod.ts";

export const controller: ControllerEntry = {
  id: "mc-1",
  instance_id: "run-1",
  region: "",
  zone: "",
  endpoints: {
    control_url: "http://127.0.0.1:8083",
    shards: [{
      shard: "s0",
      signaling_url: "ws://127.0.0.1:8090/signaling",
      internal_url: "http://127.0.0.1:8090",
    }],
  },
  capacity: { meetings: 100, participants: 1000 },
  owner: "meeting",
  state: "ready",
  load: 0,
  heartbeat_ms: 1_000,
};
export const handler: HandlerEntry = {
  id: "mh-1",
  instance_id: "run-1",
  region: "",
  zone: "",
  endpoints: { control_url: "http://127.0.0.1:8082", link_url: "ws://127.0.0.1:8082/link" },
  capacity: { workers: 2, transports: 100 },
  rtp_capabilities: { codecs: [] },
  owner: "media",
  state: "ready",
  load: 0.5,
  heartbeat_ms: 1_000,
};
export const facts: MeetingFacts = {
  org_id: "org-1",
  meeting: {
    meeting_id: "m-1",
    code: "code-1",
    join_url: "http://localhost:8080/m/code-1",
    display_name: "Weekly",
    max_participants: 10,
    settings: defaultMeetingSettings,
    status: "scheduled",
    created_at: "2026-01-01T00:00:00.000Z",
  },
};
export const place = {
  meeting_id: "m-1",
  controller_id: "mc-1",
  instance_id: "run-1",
  shard: "s0",
  handlers: [{ id: "mh-1", link_url: "ws://127.0.0.1:8082/link" }],
  facts,
  term: 1,
};
export const opening = { meeting_id: "m-1", controller_id: "mc-1", instance_id: "run-1", shard: "s0" };

/** `ok`, or the code of the refusal. */
export function codeOf(outcome: { ok: true } | { ok: false; error: { code: string } }): string {
  return outcome.ok ? "ok" : outcome.error.code;
}
