import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { closeCodes, type Meeting as WireMeeting } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Effect, system } from "../decision.ts";
import { type Change, hostOf, type Meeting, type Removal } from "../meeting.ts";
import { devicesOf } from "../seats.ts";
import { nobody } from "./mute.ts";
import { meetingUpdated } from "./permissions.ts";

interface Removing {
  readonly by: string;
  readonly participantId: string;
  readonly ban: boolean;
}

/** A host's removal of a participant: of all devices of their subject, whose tokens are refused from now on. */
export function remove(
  meeting: Meeting,
  facts: WireMeeting,
  { by, participantId, ban }: Removing,
  nowMs: number,
): Decision | Failure<"forbidden" | "not_found"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can remove people.");
  const target = meeting.attendees.get(participantId);
  if (target === undefined) return nobody();
  const { sub, isCreator, participantType } = target;
  if (sub === host.sub) return fail("forbidden", "You can't remove yourself. Leave the meeting instead.");
  if (isCreator) return fail("forbidden", "Whoever created the meeting can't be removed.");
  const removal: Removal = { atMs: nowMs, banned: ban };
  const changes: Change[] = [{ change: "subject.removed", sub, removal }];
  const doGuestsWait = ban && !meeting.guestsWait;
  if (doGuestsWait) changes.push({ change: "guests.wait" });
  const type = ban ? "participant_banned" as const : "participant_removed" as const;
  return decision({
    changes,
    notices: doGuestsWait ? [meetingUpdated({ ...meeting, guestsWait: true }, facts)] : [],
    effects: [
      { effect: "revoke", sub, removal },
      ...departures(meeting, sub, "a host removed you from this meeting"),
      { effect: "record", type, by: host, subject: sub, details: { participant_type: participantType } },
    ],
  });
}

/** GC's removal of a subject, whose tokens GC has revoked. */
export function removeSubject(
  meeting: Meeting,
  sub: string,
  nowMs: number,
): Decision {
  const effects = departures(meeting, sub, "you were removed from this meeting");
  if (effects.length > 0) {
    effects.push({ effect: "record", type: "participant_removed", by: system, subject: sub });
  }
  const removal: Removal = { atMs: nowMs, banned: false };
  return decision({ changes: [{ change: "subject.removed", sub, removal }], effects });
}

function departures(meeting: Meeting, sub: string, reason: string): Effect[] {
  const close = { code: closeCodes.removed, reason };
  return devicesOf(meeting, sub).map(({ participantId }) => ({
    effect: "remove",
    participantId,
    reason: "removed",
    close,
  }));
}
