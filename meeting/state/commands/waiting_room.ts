import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { closeCodes, type Meeting as WireMeeting } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { admitters, type Change, type Meeting, seated, waiting } from "../meeting.ts";
import { type Attendee, toWire } from "../participant.ts";
import { seatsLeft } from "../seats.ts";
import { startMuted } from "./join.ts";

interface ByAdmitter {
  /** A host; while none is in, a member. */
  readonly by: string;
  readonly participantIds: readonly string[];
}

/** Admits participants from the waiting room. One whose connection is lost is admitted as away. */
export function admit(
  meeting: Meeting,
  facts: WireMeeting,
  { by, participantIds }: ByAdmitter,
  isConnected: (participantId: string) => boolean,
): Decision | Failure<"forbidden" | "full"> {
  const admitter = admitterOf(meeting, by);
  if (admitter === undefined) return fail("forbidden", "Only a host can let people in.");
  const admitted = waiting(meeting, participantIds);
  if (admitted.length > seatsLeft(meeting, facts)) {
    return fail("full", "There is no room for them: the meeting is full.");
  }
  const before = seated(meeting).length;
  const effects = admitted.flatMap(({ participantId, sub, participantType }, index): Effect[] => [
    { effect: "admit", participantId, startMuted: startMuted(facts, before + index + 1) },
    {
      effect: "record",
      type: "guest_admitted",
      by: admitter,
      subject: sub,
      details: { participant_type: participantType },
    },
  ]);
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
  return decision({ changes, notices, effects });
}

/** Turns participants in the waiting room away. */
export function deny(meeting: Meeting, { by, participantIds }: ByAdmitter): Decision | Failure<"forbidden"> {
  const admitter = admitterOf(meeting, by);
  if (admitter === undefined) return fail("forbidden", "Only a host can turn people away.");
  const close = { code: closeCodes.removed, reason: "a host did not let you in" };
  const effects = waiting(meeting, participantIds).flatMap((
    { participantId, sub, participantType },
  ): Effect[] => [
    { effect: "remove", participantId, reason: "removed", close },
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
