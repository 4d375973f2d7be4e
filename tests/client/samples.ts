import { defaultMeetingSettings, type Meeting, type Ticket } from "../../shared/protocol/rest.ts";
import type { Consumer, JoinAnswer, Participant, RunningMeeting } from "../../shared/protocol/signaling.ts";
import { rtpParameters } from "../meeting/routing/support/samples.ts";

/** A meeting as REST shows it. */
export const meetingRecord: Meeting = {
  meeting_id: "meeting-1",
  code: "abc-def",
  join_url: "http://localhost:8080/m/abc-def",
  display_name: "Weekly",
  max_participants: 50,
  settings: { ...defaultMeetingSettings, allow_guests: true },
  status: "live",
  created_at: "2026-01-02T03:04:05.000Z",
};

export const meeting: RunningMeeting = {
  ...meetingRecord,
  locked: false,
  permissions: defaultMeetingSettings.permissions,
};

export function ticketTo(url: string, token = "token-1"): Ticket {
  return {
    token,
    expires_in: 900,
    meeting_id: meeting.meeting_id,
    signaling_url: url,
    rtp_capabilities: { codecs: [], headerExtensions: [] },
    ice_servers: [],
  };
}

export function person(id: string, change: Partial<Participant> = {}): Participant {
  return {
    participant_id: id,
    display_name: `Name of ${id}`,
    role: "participant",
    participant_type: "member",
    state: "joined",
    sources: [],
    hand_raised: false,
    joined_at: "2026-01-02T03:04:05.000Z",
    ...change,
  };
}

export function joinAnswer(change: Partial<JoinAnswer> = {}): JoinAnswer {
  return {
    participant_id: "me",
    correlation_id: "correlation-1",
    binding_token: "binding-token-number-1",
    role: "participant",
    state: "joined",
    resumed: false,
    rev: 1,
    meeting,
    participants: [person("me")],
    chat: [],
    assignments: [],
    consumers: [],
    ...change,
  };
}

/** A microphone of another participant. */
export function consumerOf(id: string): Consumer {
  return {
    consumer_id: id,
    producer_id: `producer-${id}`,
    participant_id: "other",
    kind: "audio",
    source: "microphone",
    rtp_parameters: rtpParameters,
    paused: false,
  };
}
