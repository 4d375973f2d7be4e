import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { type Change, hostOf, type Meeting, seated, waiting } from "../meeting.ts";
import { toWire } from "../participant.ts";

interface ByHost {
  readonly by: string;
  readonly participantIds: readonly string[];
}

/** Admits participants from the waiting room. One whose connection is lost is admitted as away. */
export function admit(
  meeting: Meeting,
  { by, participantIds }: ByHost,
  { maxParticipants, isConnected }: {
    readonly maxParticipants: number;
    readonly isConnected: (participantId: string) => boolean;
  },
): Decision | Failure<"forbidden" | "full"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can let people in.");
  const admitted = waiting(meeting, participantIds);
  if (seated(meeting).length + admitted.length > maxParticipants) {
    return fail("full", "There is no room for them: the meeting is full.");
  }
  const effects = admitted.flatMap(({ participantId, sub, participantType }): Effect[] => [
    { effect: "admit", participantId },
    {
      effect: "record",
      type: "guest_admitted",
      by: host,
      subject: sub,
      details: { participant_type: participantType },
    },
  ]);
  const changes = admitted.map((before): Change & { change: "attendee" } => {
    const state = isConnected(before.participantId) ? "joining" : "away";
    return { change: "attendee", attendee: { ...before, state } };
  });
  const notices = changes.flatMap(({ attendee }): Notice[] =>
    attendee.state === "away"
      ? [{ to: "everyone", type: "participant.joined", data: { participant: toWire(attendee) } }]
      : []
  );
  return decision({ changes, notices, effects });
}

/** Turns participants in the waiting room away. */
export function deny(meeting: Meeting, { by, participantIds }: ByHost): Decision | Failure<"forbidden"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can turn people away.");
  const close = { code: closeCodes.removed, reason: "a host did not let you in" };
  const effects = waiting(meeting, participantIds).flatMap((
    { participantId, sub, participantType },
  ): Effect[] => [
    { effect: "remove", participantId, reason: "removed", close },
    {
      effect: "record",
      type: "guest_denied",
      by: host,
      subject: sub,
      details: { participant_type: participantType },
    },
  ]);
  return decision({ effects });
}
