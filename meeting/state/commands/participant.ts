import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type {
  Meeting as WireMeeting,
  NotificationData,
  ParticipantSource,
} from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Notice } from "../decision.ts";
import { admitters, insiderOf, type Meeting, type QualityLevel, waitingRoom } from "../meeting.ts";
import { type Attendee, toWire } from "../participant.ts";
import { may } from "../rights.ts";

/** The notice that tells everybody a participant's new state. */
export function updated(attendee: Attendee): Notice {
  return { to: "everyone", type: "participant.updated", data: { participant: toWire(attendee) } };
}

/** Changes a participant's name, or raises or lowers their hand. */
export function update(
  meeting: Meeting,
  facts: WireMeeting,
  { participantId, change }: {
    participantId: string;
    change: { display_name?: string; hand_raised?: boolean };
  },
  nowMs: number,
): Decision | Failure<"forbidden"> {
  const before = meeting.attendees.get(participantId);
  if (before === undefined) return decision({});
  const { display_name: displayName = before.displayName, hand_raised: isUp } = change;
  if (displayName !== before.displayName && !may(meeting, facts, before, "rename")) {
    return fail("forbidden", "Names can't be changed in this meeting.");
  }
  const attendee: Attendee = {
    ...before,
    displayName,
    // A hand that is up already keeps its place in the order.
    handRaisedAtMs: isUp === undefined ? before.handRaisedAtMs : isUp ? before.handRaisedAtMs ?? nowMs : null,
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
  if (!isKnown || isSame(before.sources, sources)) return decision({ changes });
  return decision({ changes, effects: [{ effect: "updated", participantId }] });
}

function isSame(one: readonly ParticipantSource[], other: readonly ParticipantSource[]): boolean {
  return one.length === other.length && one.every((source, index) => {
    const also = other[index];
    return source.source === also?.source && source.producer_id === also.producer_id &&
      source.paused === also.paused && source.muted_by_host === also.muted_by_host;
  });
}

export function react(
  _meeting: Meeting,
  { participantId, reaction }: { participantId: string; reaction: string },
): Decision {
  return decision({
    notices: [{ to: "everyone", type: "reaction", data: { participant_id: participantId, reaction } }],
  });
}

/** Tells who speaks. A report may come when its participant has left, or is not announced yet: that is nobody. */
export function speak(
  meeting: Meeting,
  { participantId: reported }: { participantId: string | null },
): Decision {
  const participantId = reported !== null && insiderOf(meeting, reported) !== undefined ? reported : null;
  return decision({
    changes: [{ change: "speaker", participantId }],
    notices: [{
      to: "everyone in passing",
      type: "speaker.active",
      data: { participant_id: participantId },
    }],
  });
}

/** Tells how good what a participant receives and sends is. Who has left meanwhile, or waits, is named to nobody. */
export function rate(
  meeting: Meeting,
  { participantId, level }: { participantId: string; level: QualityLevel },
): Decision {
  if (insiderOf(meeting, participantId) === undefined) return decision({});
  return decision({
    changes: [{ change: "quality", participantId, level }],
    notices: [{ to: "everyone in passing", type: "quality", data: { participant_id: participantId, level } }],
  });
}

/** Marks a participant as away: their connection is lost, and they may resume. */
export function loseConnection({ attendees }: Meeting, participantId: string): Decision {
  const before = attendees.get(participantId);
  if (before?.state !== "joined") return decision({});
  const changes = [{ change: "presence", participantId, state: "away" }] as const;
  return decision({ changes, effects: [{ effect: "updated", participantId }] });
}

/** Removes a participant. The others are told, of a participant who waited only those who may admit; of one still joining nobody. */
export function left(
  meeting: Meeting,
  participantId: string,
  reason: NotificationData<"participant.left">["reason"],
): Decision {
  const before = meeting.attendees.get(participantId);
  if (before === undefined) return decision({});
  const changes = [{ change: "attendee.gone", participantId }] as const;
  if (before.state === "waiting") {
    return decision({
      changes,
      notices: [{ to: "admitters", type: "waiting.left", data: { participant_id: participantId } }],
    });
  }
  const attendees = new Map(meeting.attendees);
  attendees.delete(participantId);
  const list = waitingList(meeting, { ...meeting, attendees });
  if (before.state === "joining") return decision({ changes, notices: list });
  const data = { participant_id: participantId, reason };
  return decision({ changes, notices: [{ to: "everyone", type: "participant.left", data }, ...list] });
}

/** The notices that give the waiting list to those who may admit after a change, and could not before. */
export function waitingList(before: Meeting, after: Meeting): Notice[] {
  const waiting = waitingRoom(after);
  if (waiting.length === 0) return [];
  const could = admitters(before);
  const to = [...admitters(after)].filter((participantId) => !could.has(participantId));
  if (to.length === 0) return [];
  return waiting.map((one) => ({ to, type: "participant.waiting", data: { participant: toWire(one) } }));
}
