import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type {
  Meeting as WireMeeting,
  Permission,
  Permissions,
  PermissionsChange,
} from "../../../shared/protocol/mod.ts";
import type { PermissionChanges } from "../../../shared/store/live/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { applyChange, type Change, hostOf, type Meeting, seated } from "../meeting.ts";
import { heedNamed } from "../named_permissions.ts";
import { type Attendee, isAnnounced } from "../participant.ts";
import { forbiddenSources, nothingPermitted, permissionsOf, runningMeeting } from "../rights.ts";
import { silence } from "./mute.ts";
import { updated } from "./participant.ts";

/** Changes what those who are no hosts may do, for as long as the meeting runs. What they may do no more stops. */
export function changePermissions(
  meeting: Meeting,
  facts: WireMeeting,
  { by, permissions }: { by: string; permissions: PermissionsChange },
): Decision | Failure<"forbidden"> {
  if (hostOf(meeting, by) === undefined) {
    return fail("forbidden", "Only a host can change what the others may do.");
  }
  const change: Change = { change: "permissions", permissions };
  const changed = changedBy(meeting, facts, permissions);
  return changed.length === 0 ? decision({ changes: [change] }) : announced(meeting, facts, facts, [change]);
}

/** Stops everything of those who are no hosts, and locks the meeting, in one step. */
export function suspend(
  meeting: Meeting,
  facts: WireMeeting,
  { by }: { by: string },
  meetingId: string,
): Decision | Failure<"forbidden"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can suspend the meeting.");
  if (meeting.locked && changedBy(meeting, facts, nothingPermitted).length === 0) return decision({});
  const decided = announced(meeting, facts, facts, [
    { change: "permissions", permissions: nothingPermitted },
    { change: "locked", locked: true },
  ]);
  return { ...decided, effects: [...decided.effects ?? [], recordLock(host, meetingId, true)] };
}

/** Locks the meeting for new participants, or unlocks it. */
export function lock(
  meeting: Meeting,
  facts: WireMeeting,
  { by, locked }: { by: string; locked: boolean },
  meetingId: string,
): Decision | Failure<"forbidden"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can lock the meeting.");
  if (meeting.locked === locked) return decision({});
  const decided = announced(meeting, facts, facts, [{ change: "locked", locked }]);
  return { ...decided, effects: [...decided.effects ?? [], recordLock(host, meetingId, locked)] };
}

/**
 * The meeting's settings were changed. A permission that the change names, be it with the value that it had, holds now,
 * whatever a host had set meanwhile.
 */
export function changeFacts(
  meeting: Meeting,
  before: WireMeeting,
  after: WireMeeting,
  { named = [], changes }: {
    readonly named?: readonly Permission[];
    readonly changes?: PermissionChanges | undefined;
  } = {},
): Decision {
  const changed = changedNames(before.settings.permissions, after.settings.permissions);
  const reset = heedNamed(meeting, changes, [...changed, ...named]);
  return announced(meeting, before, after, reset === undefined ? [] : [reset]);
}

/** Tells everybody the meeting as it is. */
export function meetingUpdated(meeting: Meeting, facts: WireMeeting): Notice {
  return { to: "everyone", type: "meeting.updated", data: { meeting: runningMeeting(meeting, facts) } };
}

/** Tells everybody the meeting as it is after changes, and stops what is no longer permitted. */
function announced(
  meeting: Meeting,
  factsBefore: WireMeeting,
  facts: WireMeeting,
  changes: readonly Change[],
): Decision {
  const after = { ...meeting };
  for (const change of changes) applyChange(after, change);
  const told = meetingUpdated(after, facts);
  const permissions = permissionsOf(after, facts);
  if (changedNames(permissionsOf(meeting, factsBefore), permissions).length === 0) {
    return decision({ changes, notices: [told] });
  }
  const forbidden = forbiddenSources(permissions);
  const concerned = seated(meeting).filter(({ role }) => role !== "host");
  const stopped = concerned.flatMap((attendee) => {
    const now = silence(attendee, ({ source, paused }) => !paused && forbidden.includes(source));
    return now.sources.some((source, index) => source !== attendee.sources[index]) ? [now] : [];
  });
  return decision({
    changes: [
      ...changes,
      ...stopped.map(({ participantId, sources }) =>
        ({ change: "sources", participantId, sources }) as const
      ),
    ],
    notices: [told, ...stopped.filter(isAnnounced).map(updated)],
    effects: concerned.map(({ participantId }): Effect => ({
      effect: "rights",
      participantId,
      silenced: [],
    })),
  });
}

/** The permissions that would be others than they are. */
function changedBy(meeting: Meeting, facts: WireMeeting, permissions: PermissionsChange): Permission[] {
  const before = permissionsOf(meeting, facts);
  return changedNames(before, { ...before, ...permissions });
}

function changedNames(before: Permissions, after: Permissions): Permission[] {
  // The keys are the permissions, which TypeScript can't follow through `keys`.
  const names = Object.keys(after) as Permission[];
  return names.filter((name) => before[name] !== after[name]);
}

function recordLock(by: Attendee, meetingId: string, locked: boolean): Effect {
  return {
    effect: "record",
    type: "meeting_locked",
    by,
    subject: meetingId,
    details: { locked: locked ? 1 : 0 },
  };
}
