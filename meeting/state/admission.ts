import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { JoinAnswer, JoinRequest, Meeting as WireMeeting } from "../../shared/protocol/mod.ts";
import { bindingHash } from "./binding.ts";
import { announced, chatFor, type Meeting } from "./meeting.ts";
import { type Attendee, toWire } from "./participant.ts";

/** What somebody who is let in is told of the meeting, beside their media. */
export type Admission = Pick<JoinAnswer, "role" | "rev" | "meeting" | "participants" | "chat">;

/** Who somebody is in the meeting, with the binding token that a resume has to show. */
export type Identity = Pick<
  JoinAnswer,
  "participant_id" | "correlation_id" | "binding_token" | "state" | "resumed"
>;

/** The media part of a join's answer. */
export type Media = Pick<JoinAnswer, "transports" | "assignments" | "consumers">;

export const withoutMedia: Media = { assignments: [], consumers: [] };

/** Whoever waits sees nothing yet; hosts also see who waits. */
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

/** Whose seat a join with `resume` takes again, if its proof holds: the binding token, and the same subject. */
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

/** The attendee bound to a fresh token; those before stay good for a while, in case this one is lost on its way. */
export function bound(attendee: Attendee, bindingToken: string): Attendee {
  const bindingHashes = [bindingHash(bindingToken), ...attendee.bindingHashes].slice(0, 3);
  return { ...attendee, bindingHashes };
}
