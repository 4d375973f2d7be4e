import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import type { JoinRequest, Meeting as WireMeeting } from "../../../shared/protocol/mod.ts";
import { bound, resumable } from "../admission.ts";
import { bindingHash, newBindingToken } from "../binding.ts";
import { type Decision, decision } from "../decision.ts";
import { type Meeting, seated } from "../meeting.ts";
import { type Attendee, newAttendee, toWire } from "../participant.ts";
import { updated } from "./participant.ts";

export interface JoinCommand {
  readonly claims: MeetingTokenClaims;
  readonly request: JoinRequest;
  /** The client's. */
  readonly address: string;
}

/** An accepted join. `enters` and `resumes` are answered once there is media, where the client takes any. */
export interface JoinVerdict {
  readonly outcome: "waits" | "enters" | "resumes";
  readonly attendee: Attendee;
  readonly bindingToken: string;
}

export type JoinRefusal = Failure<"removed" | "locked" | "full">;

/** Decides a join: refuses it, resumes a participant, or makes a new one with a seat or in the waiting room. */
export function join(
  meeting: Meeting,
  facts: WireMeeting,
  { claims, request, address }: JoinCommand,
  { nowMs, isLeaving }: { readonly nowMs: number; readonly isLeaving: (participantId: string) => boolean },
): Decision<JoinVerdict> | JoinRefusal {
  if (claims.iat * 1_000 <= (meeting.removedAtMs.get(claims.sub) ?? -Infinity)) {
    return fail("removed", "You were removed from this meeting.");
  }
  const bindingToken = newBindingToken();
  const before = resumable(meeting, claims, request, isLeaving);
  if (before !== null) {
    const attendee = { ...bound(before, bindingToken), address };
    return {
      answer: { outcome: attendee.state === "waiting" ? "waits" : "resumes", attendee, bindingToken },
      changes: [{ change: "attendee", attendee }],
    };
  }
  const isHost = claims.role === "host";
  if (meeting.locked && !isHost) return fail("locked", "A host has locked this meeting.");
  if (seated(meeting).length >= facts.max_participants) return fail("full", "This meeting is full.");
  const waits = claims.participant_type !== "member" && facts.settings.waiting_room;
  const attendee = newAttendee(claims, {
    state: waits ? "waiting" : "joining",
    displayName: request.display_name ?? claims.display_name,
    bindingHashes: [bindingHash(bindingToken)],
    address,
    joinedAtMs: nowMs,
  });
  return {
    answer: { outcome: waits ? "waits" : "enters", attendee, bindingToken },
    changes: [{ change: "attendee", attendee }],
    notices: waits
      ? [{ to: "admitters", type: "participant.waiting", data: { participant: toWire(attendee) } }]
      : [],
  };
}

/** Sets a participant with a seat to `joined`, once their media is there, and announces them to the others. */
export function enter({ attendees }: Meeting, participantId: string): Decision {
  const before = attendees.get(participantId);
  if (before === undefined || before.state === "waiting") return decision({});
  const attendee: Attendee = { ...before, state: "joined" };
  const changes = [{ change: "presence", participantId, state: "joined" }] as const;
  if (before.state === "joined") return decision({});
  if (before.state === "away") return decision({ changes, notices: [updated(attendee)] });
  return decision({
    changes,
    notices: [{
      to: "everyone",
      except: participantId,
      type: "participant.joined",
      data: { participant: toWire(attendee) },
    }],
  });
}

/** Gives a participant a fresh binding token. */
export function rebind(
  { attendees }: Meeting,
  { participantId, token, expires_in }: { participantId: string; token: string; expires_in: number },
): Decision {
  const before = attendees.get(participantId);
  if (before === undefined) return decision({});
  const binding_token = newBindingToken();
  return decision({
    changes: [{ change: "attendee", attendee: bound(before, binding_token) }],
    notices: [{ to: [participantId], type: "session.bound", data: { binding_token, token, expires_in } }],
  });
}
