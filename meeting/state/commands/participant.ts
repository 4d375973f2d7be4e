import type { NotificationData, ParticipantSource } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Notice } from "../decision.ts";
import type { Meeting } from "../meeting.ts";
import { type Attendee, toWire } from "../participant.ts";

/** The notice that tells everybody a participant's new state. */
export function updated(attendee: Attendee): Notice {
  return { to: "everyone", type: "participant.updated", data: { participant: toWire(attendee) } };
}

/** Changes a participant's name, or raises or lowers their hand. */
export function update(
  { attendees }: Meeting,
  { participantId, change }: {
    participantId: string;
    change: { display_name?: string; hand_raised?: boolean };
  },
): Decision {
  const before = attendees.get(participantId);
  if (before === undefined) return decision({});
  const attendee: Attendee = {
    ...before,
    displayName: change.display_name ?? before.displayName,
    handRaised: change.hand_raised ?? before.handRaised,
  };
  return decision({ changes: [{ change: "attendee", attendee }], notices: [updated(attendee)] });
}

/** Changes the list of a participant's sources. */
export function changeSources(
  { attendees }: Meeting,
  { participantId, sources }: { participantId: string; sources: readonly ParticipantSource[] },
): Decision {
  const before = attendees.get(participantId);
  if (before === undefined) return decision({});
  const changes = [{ change: "sources", participantId, sources }] as const;
  const isKnown = before.state === "joined" || before.state === "away";
  return decision({ changes, notices: isKnown ? [updated({ ...before, sources })] : [] });
}

export function react(
  _meeting: Meeting,
  { participantId, reaction }: { participantId: string; reaction: string },
): Decision {
  return decision({
    notices: [{ to: "everyone", type: "reaction", data: { participant_id: participantId, reaction } }],
  });
}

export function speak(_meeting: Meeting, { participantId }: { participantId: string | null }): Decision {
  return decision({
    notices: [{
      to: "everyone in passing",
      type: "speaker.active",
      data: { participant_id: participantId },
    }],
  });
}

/** Marks a participant as away: their connection is lost, and they may resume. */
export function loseConnection({ attendees }: Meeting, participantId: string): Decision {
  const before = attendees.get(participantId);
  if (before?.state !== "joined") return decision({});
  const attendee: Attendee = { ...before, state: "away" };
  const changes = [{ change: "presence", participantId, state: "away" }] as const;
  return decision({ changes, notices: [updated(attendee)] });
}

/** Removes a participant. The others are told, of a participant who waited only the hosts; of one still joining nobody. */
export function left(
  { attendees }: Meeting,
  participantId: string,
  reason: NotificationData<"participant.left">["reason"],
): Decision {
  const before = attendees.get(participantId);
  if (before === undefined) return decision({});
  const changes = [{ change: "attendee.gone", participantId }] as const;
  const data = { participant_id: participantId, reason };
  if (before.state === "joining") return decision({ changes });
  const to = before.state === "waiting" ? "admitters" as const : "everyone" as const;
  return decision({ changes, notices: [{ to, type: "participant.left", data }] });
}
