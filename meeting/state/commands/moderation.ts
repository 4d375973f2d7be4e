import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Doer, type Effect } from "../decision.ts";
import { hostOf, type Meeting } from "../meeting.ts";

/** The actor that is recorded for GC's own requests. */
const system: Doer = { sub: "system", address: "" };

/** Locks the meeting for new participants, or unlocks it. */
export function lock(
  meeting: Meeting,
  { by, locked }: { by: string; locked: boolean },
  meetingId: string,
): Decision | Failure<"forbidden"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can lock the meeting.");
  return decision({
    changes: [{ change: "locked", locked }],
    effects: [{
      effect: "record",
      type: "meeting_locked",
      by: host,
      subject: meetingId,
      details: { locked: locked ? 1 : 0 },
    }],
  });
}

/** Removes all participants of a subject, and refuses the subject's tokens that were issued before. */
export function removeSubject(
  { attendees }: Meeting,
  { sub, reason }: { sub: string; reason: string },
  nowMs: number,
): Decision {
  const theirs = [...attendees.values()].filter((attendee) => attendee.sub === sub);
  const close = { code: closeCodes.removed, reason };
  const effects: Effect[] = theirs.map(({ participantId }) => ({
    effect: "remove",
    participantId,
    reason: "removed",
    close,
  }));
  if (theirs.length > 0) {
    effects.push({ effect: "record", type: "participant_removed", by: system, subject: sub });
  }
  return decision({ changes: [{ change: "subject.removed", sub, atMs: nowMs }], effects });
}

/** The host who ends the meeting; a failure for anybody else. */
export function mayEnd(meeting: Meeting, { by }: { by: string }): Doer | Failure<"forbidden"> {
  return hostOf(meeting, by) ?? fail("forbidden", "Only a host can end the meeting.");
}
