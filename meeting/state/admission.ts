import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { JoinAnswer, JoinRequest, Meeting as WireMeeting } from "../../shared/protocol/mod.ts";
import { bindingHash } from "./binding.ts";
import { chatFor, type Meeting, present } from "./meeting.ts";
import { type Attendee, toWire } from "./participant.ts";

/** What somebody who is let in is told of the meeting, beside their media. */
export type Admission = Pick<JoinAnswer, "role" | "rev" | "meeting" | "participants" | "chat">;

/** What a join is answered with before there is media. */
export interface Joining {
  readonly identity: Pick<
    JoinAnswer,
    "participant_id" | "correlation_id" | "binding_token" | "state" | "resumed"
  >;
  readonly admission: Admission;
}

/** Whoever waits sees nothing yet; hosts also see who waits. */
export function admissionOf(meeting: Meeting, facts: WireMeeting, attendee: Attendee): Admission {
  const { participantId, role, state } = attendee;
  const { rev, attendees } = meeting;
  if (state === "waiting") return { role, rev, meeting: facts, participants: [], chat: [] };
  const seen = role === "host" ? [...attendees.values()] : present(meeting);
  const chat = chatFor(meeting, participantId);
  return { role, rev, meeting: facts, participants: seen.map(toWire), chat };
}

/** The answer to a join that succeeded, with the attendee's fresh binding token. */
export function joiningOf(
  meeting: Meeting,
  facts: WireMeeting,
  attendee: Attendee,
  binding_token: string,
  resumed: boolean,
): Joining {
  const state = attendee.state === "waiting" ? "waiting" : "joined";
  const { participantId: participant_id, correlationId: correlation_id } = attendee;
  return {
    identity: { participant_id, correlation_id, binding_token, state, resumed },
    admission: admissionOf(meeting, facts, attendee),
  };
}

/** Whose place a join with `resume` takes again, if its proof holds: the binding token, and the same subject. */
export function resumable(
  { attendees }: Meeting,
  { sub }: MeetingTokenClaims,
  { resume }: JoinRequest,
): Attendee | null {
  if (resume === undefined) return null;
  const hash = bindingHash(resume.binding_token);
  for (const attendee of attendees.values()) {
    if (attendee.correlationId !== resume.correlation_id || attendee.sub !== sub) continue;
    return attendee.bindingHashes.includes(hash) ? attendee : null;
  }
  return null;
}

/** Binds the attendee to a fresh token; those before stay good for a while, in case this one is lost on its way. */
export function rebind(attendee: Attendee, bindingToken: string): void {
  attendee.bindingHashes = [bindingHash(bindingToken), ...attendee.bindingHashes].slice(0, 3);
}
