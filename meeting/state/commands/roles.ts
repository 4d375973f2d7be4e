import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import type { MeetingRole } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Doer, type Effect, system } from "../decision.ts";
import { applyChange, type Change, hostOf, insiderOf, type Meeting } from "../meeting.ts";
import { type Attendee, isAnnounced } from "../participant.ts";
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
  if (hasEverywhere(meeting, sub, role)) return decision({});
  return changeRole(meeting, { sub, role, by: host }, { change: "role", sub, role });
}

/** What a meeting token says of its subject. */
export type TokenClaims = Pick<MeetingTokenClaims, "sub" | "iat" | "role" | "participant_type">;

/**
 * Has the role that a member's newest token says hold on all of their devices, where no host has given them one: an admin
 * may be one no more, or have become one. Whoever created the meeting stays its host.
 */
export function heedToken(
  meeting: Meeting,
  { sub, iat: issuedAt, role, participant_type: participantType }: TokenClaims,
  creator: string | undefined,
): Decision {
  const known = meeting.tokenRoles.get(sub);
  const isKnown = known !== undefined &&
    (issuedAt < known.issuedAt || issuedAt === known.issuedAt && role === known.role);
  if (isKnown || participantType !== "member" || sub === creator) return decision({});
  const said: Change = { change: "token.role", sub, said: { role, issuedAt } };
  if (meeting.roles.has(sub) || hasEverywhere(meeting, sub, role)) return decision({ changes: [said] });
  return changeRole(meeting, { sub, role, by: system }, said);
}

function hasEverywhere(meeting: Meeting, sub: string, role: MeetingRole): boolean {
  return devicesOf(meeting, sub).every((one) => one.role === role);
}

function changeRole(
  meeting: Meeting,
  { sub, role, by }: { readonly sub: string; readonly role: MeetingRole; readonly by: Doer },
  cause: Change,
): Decision {
  const given = devicesOf(meeting, sub).filter((one) => one.role !== role)
    .map((before): Attendee => ({ ...before, role }));
  const changes: Change[] = [
    cause,
    ...given.map((attendee) => ({ change: "attendee", attendee }) as const),
  ];
  const after: Meeting = {
    ...meeting,
    attendees: new Map(meeting.attendees),
    roles: new Map(meeting.roles),
    tokenRoles: new Map(meeting.tokenRoles),
  };
  for (const change of changes) applyChange(after, change);
  const effects = given.filter(({ state }) => state !== "waiting").map(({ participantId }): Effect => ({
    effect: "rights",
    participantId,
    silenced: [],
  }));
  return decision({
    changes,
    notices: [...given.filter(isAnnounced).map(updated), ...waitingList(meeting, after)],
    effects: [...effects, {
      effect: "record",
      type: "meeting_role_changed",
      by,
      subject: sub,
      details: { role },
    }],
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
