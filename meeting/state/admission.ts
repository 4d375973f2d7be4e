import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { JoinAnswer, JoinRequest, Meeting as WireMeeting } from "../../shared/protocol/mod.ts";
import { bindingHash } from "./binding.ts";
import { announced, chatFor, type Meeting } from "./meeting.ts";
import { type Attendee, toWire } from "./participant.ts";

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
  "transports" | "assignments" | "consumers" | "media_kept" | "media_pending"
>;

export const withoutMedia: Media = { assignments: [], consumers: [] };

/** A participant in the waiting room sees nobody; a host also sees the participants in the waiting room. */
export function admissionOf(meeting: Meeting, facts: WireMeeting, attendee: Attendee): Admission {
  const { participantId, role, state } = attendee;
  const { rev, attendees } = meeting;
  if (state === "waiting") return { role, rev, meeting: facts, participants: [], chat: [] };
  const inside = announced(meeting);
  const outside = role === "host" ? [...attendees.values()].filter((one) => one.state === "waiting") : [];
  const chat = chatFor(meeting, participantId);
  return { role, rev, meeting: facts, participants: [...inside, ...outside].map(toWire), chat };
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

/** The attendee with a fresh binding token; the last two tokens stay valid, in case the fresh one is lost on its way. */
export function bound(attendee: Attendee, bindingToken: string): Attendee {
  const bindingHashes = [bindingHash(bindingToken), ...attendee.bindingHashes].slice(0, 3);
  return { ...attendee, bindingHashes };
}
