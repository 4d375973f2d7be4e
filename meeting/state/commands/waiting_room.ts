import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { closeCodes, type Meeting as WireMeeting } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { admitters, type Change, type Meeting, seated, waiting, waitingRoom } from "../meeting.ts";
import { type Attendee, toWire } from "../participant.ts";
import { seatsLeft } from "../seats.ts";
import { doStrangersWait, forbiddenBySettings, startMuted } from "./join.ts";

interface ByAdmitter {
  /** A host; while none is in, a member. */
  readonly by: string;
  readonly participantIds: readonly string[];
}

/**
 * Admits participants from the waiting room, with the other devices of theirs that wait. One whose connection is lost is
 * admitted as away.
 */
export function admit(
  meeting: Meeting,
  facts: WireMeeting,
  { by, participantIds }: ByAdmitter,
  isConnected: (participantId: string) => boolean,
): Decision | Failure<"forbidden" | "full"> {
  const admitter = admitterOf(meeting, by);
  if (admitter === undefined) return fail("forbidden", "Only a host can let people in.");
  const named = waiting(meeting, participantIds);
  if (withoutSeat(meeting, named).size > seatsLeft(meeting, facts)) {
    return fail("full", "There is no room for them: the meeting is full.");
  }
  const subs = new Set(named.map(({ sub }) => sub));
  const admitted = waitingRoom(meeting).filter(({ sub }) => subs.has(sub));
  const decided = letIn(meeting, facts, admitted, isConnected);
  const records = admitted.map(({ sub, participantType }): Effect => ({
    effect: "record",
    type: "guest_admitted",
    by: admitter,
    subject: sub,
    details: { participant_type: participantType },
  }));
  return { ...decided, effects: [...decided.effects ?? [], ...records] };
}

/**
 * Where nobody has to wait any more, those who do are let in: in the order of their coming, as long as there are seats, and
 * if they could join now.
 */
export function letWaitingIn(
  meeting: Meeting,
  facts: WireMeeting,
  isConnected: (participantId: string) => boolean,
): Decision {
  if (meeting.locked || doStrangersWait(meeting, facts)) return decision({});
  const welcome = waitingRoom(meeting).filter(({ participantType }) =>
    forbiddenBySettings(facts, participantType) === undefined
  );
  const stay = new Set([...withoutSeat(meeting, welcome)].slice(Math.max(0, seatsLeft(meeting, facts))));
  return letIn(meeting, facts, welcome.filter(({ sub }) => !stay.has(sub)), isConnected);
}

/** The people among these who have no seat yet, on another device, in the order of their coming. */
function withoutSeat(meeting: Meeting, attendees: readonly Attendee[]): ReadonlySet<string> {
  const subs = new Set(attendees.map(({ sub }) => sub));
  return subs.difference(new Set(seated(meeting).map(({ sub }) => sub)));
}

function letIn(
  meeting: Meeting,
  facts: WireMeeting,
  admitted: readonly Attendee[],
  isConnected: (participantId: string) => boolean,
): Decision {
  const before = seated(meeting).length;
  const changes = admitted.map((before): Change & { change: "attendee" } => {
    const state = isConnected(before.participantId) ? "joining" : "away";
    return { change: "attendee", attendee: { ...before, state } };
  });
  const notices = changes.flatMap(({ attendee }): Notice[] => {
    const gone: Notice = {
      to: "admitters",
      type: "waiting.left",
      data: { participant_id: attendee.participantId },
    };
    if (attendee.state !== "away") return [gone];
    return [gone, { to: "everyone", type: "participant.joined", data: { participant: toWire(attendee) } }];
  });
  const effects = admitted.map(({ participantId }, index): Effect => ({
    effect: "admit",
    participantId,
    startMuted: startMuted(facts, before + index + 1),
  }));
  return decision({ changes, notices, effects });
}

/** Turns participants in the waiting room away. */
export function deny(
  meeting: Meeting,
  { by, participantIds }: ByAdmitter,
): Decision | Failure<"forbidden" | "not_found"> {
  const admitter = admitterOf(meeting, by);
  if (admitter === undefined) return fail("forbidden", "Only a host can turn people away.");
  const denied = waiting(meeting, participantIds);
  if (denied.length === 0 && participantIds.some((id) => meeting.attendees.has(id))) {
    return fail("not_found", "Somebody has let them in already.");
  }
  const close = { code: closeCodes.removed, reason: "a host did not let you in" };
  const effects = denied.flatMap((
    { participantId, sub, participantType, address },
  ): Effect[] => [
    { effect: "remove", participantId, reason: "removed", close },
    { effect: "denied", address },
    {
      effect: "record",
      type: "guest_denied",
      by: admitter,
      subject: sub,
      details: { participant_type: participantType },
    },
  ]);
  return decision({ effects });
}

function admitterOf(meeting: Meeting, participantId: string): Attendee | undefined {
  return admitters(meeting).has(participantId) ? meeting.attendees.get(participantId) : undefined;
}
