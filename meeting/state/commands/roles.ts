import { fail, type Failure } from "../../../shared/actor/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { applyChange, type Change, hostOf, insiderOf, type Meeting } from "../meeting.ts";
import type { Attendee } from "../participant.ts";
import { devicesOf } from "../seats.ts";
import { nobody } from "./mute.ts";
import { updated, waitingList } from "./participant.ts";

interface Giving {
  readonly by: string;
  readonly participantId: string;
  readonly role: "host" | "participant";
}

/** Gives a role to a participant's subject, on all of its devices, for as long as the meeting runs. */
export function giveRole(
  meeting: Meeting,
  { by, participantId, role }: Giving,
  isLeaving: (participantId: string) => boolean,
): Decision | Failure<"forbidden" | "not_found"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can change roles.");
  const target = insiderOf(meeting, participantId);
  // A role that is given to somebody on the way out would outlast their removal.
  if (target === undefined || isLeaving(participantId)) return nobody();
  const { sub, isCreator } = target;
  if (role !== "host") {
    if (target.role !== "host") return decision({});
    if (isCreator) return fail("forbidden", "Whoever created the meeting stays its host.");
    if (!hasOtherHost(meeting, sub, isLeaving)) return fail("forbidden", "Make somebody else a host first.");
  }
  const devices = devicesOf(meeting, sub).filter((one) => one.role !== role);
  if (devices.length === 0) return decision({});
  const given = devices.map((before): Attendee => ({ ...before, role }));
  const changes: Change[] = [
    { change: "role", sub, role },
    ...given.map((attendee) => ({ change: "attendee", attendee }) as const),
  ];
  const after: Meeting = { ...meeting, attendees: new Map(meeting.attendees), roles: new Map(meeting.roles) };
  for (const change of changes) applyChange(after, change);
  const notices: Notice[] = given.filter(({ state }) => state === "joined" || state === "away").map(updated);
  const effects = given.filter(({ state }) => state !== "waiting").map(({ participantId }): Effect => ({
    effect: "rights",
    participantId,
    silenced: [],
  }));
  return decision({
    changes,
    notices: [...notices, ...waitingList(meeting, after)],
    effects: [
      ...effects,
      { effect: "record", type: "meeting_role_changed", by: host, subject: sub, details: { role } },
    ],
  });
}

function hasOtherHost(
  meeting: Meeting,
  sub: string,
  isLeaving: (participantId: string) => boolean,
): boolean {
  return meeting.attendees.values().some(({ sub: other, participantId }) =>
    other !== sub && !isLeaving(participantId) && hostOf(meeting, participantId) !== undefined
  );
}
