import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { JoinAnswer, JoinRequest, Meeting as WireMeeting } from "../../shared/protocol/mod.ts";
import { bindingHash } from "./binding.ts";
import { admitters, announced, chatFor, type Meeting, waitingRoom } from "./meeting.ts";
import { type Attendee, toWire } from "./participant.ts";
import { runningMeeting } from "./rights.ts";

/** The part of a join's answer that describes the meeting. */
export type Admission = Pick<JoinAnswer, "role" | "rev" | "meeting" | "participants" | "chat">;

/** The part of a join's answer that names the participant, with the binding token that a resume has to show. */
export type Identity = Pick<
  JoinAnswer,
  "participant_id" | "correlation_id" | "binding_token" | "state" | "resumed"
>;

/** The part of a join's answer that describes the participant's media. */
export type Media = Pick<
  JoinAnswer,
  "transports" | "assignments" | "consumers" | "media_kept" | "media_pending" | "start_muted"
>;

export const withoutMedia: Media = { assignments: [], consumers: [] };

/** A participant in the waiting room sees nobody; whoever may admit also sees the participants in the waiting room. */
export function admissionOf(meeting: Meeting, facts: WireMeeting, attendee: Attendee): Admission {
  const { participantId, role, state } = attendee;
  const { rev } = meeting;
  const shown = runningMeeting(meeting, facts);
  if (state === "waiting") return { role, rev, meeting: shown, participants: [], chat: [] };
  const inside = announced(meeting);
  const outside = admitters(meeting).has(participantId) ? waitingRoom(meeting) : [];
  const chat = chatFor(meeting, participantId);
  return { role, rev, meeting: shown, participants: [...inside, ...outside].map(toWire), chat };
}

export function identityOf(attendee: Attendee, binding_token: string, resumed: boolean): Identity {
  const { participantId: participant_id, correlationId: correlation_id } = attendee;
  const state = attendee.state === "waiting" ? "waiting" : "joined";
  return { participant_id, correlation_id, binding_token, state, resumed };
}

/** The participant that a join with `resume` continues; null unless subject and binding token are the participant's. */
export function resumable(
  { attendees }: Meeting,
  { sub }: MeetingTokenClaims,
  { resume }: JoinRequest,
  isLeaving: (participantId: string) => boolean,
): Attendee | null {
  if (resume === undefined) return null;
  const hash = bindingHash(resume.binding_token);
  for (const attendee of attendees.values()) {
    if (attendee.correlationId !== resume.correlation_id || attendee.sub !== sub) continue;
    if (isLeaving(attendee.participantId)) return null;
    return attendee.bindingHashes.includes(hash) ? attendee : null;
  }
  return null;
}

/** The participant of an earlier try of the same join, whose answer was lost. */
export function earlierAttempt(
  { attendees }: Meeting,
  { sub }: MeetingTokenClaims,
  { attempt_id: attemptId }: JoinRequest,
  isLeaving: (participantId: string) => boolean,
): Attendee | null {
  if (attemptId === undefined) return null;
  const before = attendees.values().find((one) => one.sub === sub && one.attemptId === attemptId);
  return before === undefined || isLeaving(before.participantId) ? null : before;
}

/**
 * The attendee with a fresh binding token. Beside it the one that the client has shown, or had last, stays valid until
 * the client is known to have the fresh one, in case that is lost on its way.
 */
export function bound(attendee: Attendee, bindingToken: string, shown?: string): Attendee {
  const [last = ""] = attendee.bindingHashes;
  const before = shown === undefined ? last : bindingHash(shown);
  return { ...attendee, bindingHashes: [bindingHash(bindingToken), before] };
}
