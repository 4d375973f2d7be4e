import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Doer, type Effect } from "../decision.ts";
import { hostOf, type Meeting } from "../meeting.ts";

/** On whose behalf GC acts. */
const system: Doer = { sub: "system", address: "" };

/** Keeps new participants out, or lets them in again. */
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

/** Everybody of a subject goes, on whichever devices; tokens of before let nobody in. */
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

/** Whether somebody may end the meeting; who they are. */
export function mayEnd(meeting: Meeting, { by }: { by: string }): Doer | Failure<"forbidden"> {
  return hostOf(meeting, by) ?? fail("forbidden", "Only a host can end the meeting.");
}
