import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import type {
  JoinRequest,
  MediaSource,
  Meeting as WireMeeting,
  ParticipantType,
} from "../../../shared/protocol/mod.ts";
import { bound, earlierAttempt, resumable } from "../admission.ts";
import { bindingHash, newBindingToken } from "../binding.ts";
import { type Decision, decision, type Effect } from "../decision.ts";
import { isRemoved, type Meeting, seated } from "../meeting.ts";
import { type Attendee, newAttendee, toWire } from "../participant.ts";
import { may } from "../rights.ts";
import { devicesOf, isWaitingRoomFull, type SeatLimits, seatsLeft } from "../seats.ts";

/**
 * The one that the client has shown, and those that may be lost on a connection before its silence ends it: of the answer,
 * of a renewal, and of a hand-over. A silent client is handed no second renewal (`ConnectionActor`).
 */
const MOST_BINDINGS = 4;

export interface JoinCommand {
  readonly claims: MeetingTokenClaims;
  readonly request: JoinRequest;
  /** The client's. */
  readonly address: string;
}

export interface JoinContext {
  readonly nowMs: number;
  /** The `sub` of whoever created the meeting, as far as it is known. */
  readonly creator: string | undefined;
  readonly limits: SeatLimits;
  readonly isLeaving: (participantId: string) => boolean;
  /** Whether a participant's join waits for its media, and fails without. */
  readonly isEntering: (participantId: string) => boolean;
  readonly isConnected: (participantId: string) => boolean;
  /** Whether somebody may ask to be let in now; `false`: they have done so too often. */
  readonly mayKnock: () => boolean;
  /** Whether everybody may be told of somebody who comes in now, and goes; it is counted then. */
  readonly mayCome: () => boolean;
}

/** An accepted join. `enters` and `resumes` are answered once there is media, where the client takes any. */
export interface JoinVerdict {
  readonly outcome: "waits" | "enters" | "resumes";
  readonly attendee: Attendee;
  readonly bindingToken: string;
  /** By the client's `resume`; an earlier attempt at the same join is none. */
  readonly isResume: boolean;
  /** The sources whose first producer is born paused. */
  readonly startMuted: readonly MediaSource[];
}

export type JoinRefusal = Failure<
  "removed" | "locked" | "full" | "waiting_room_full" | "too_often" | "no_guests" | "no_externals"
>;

/** Decides a join: refuses it, goes on with a participant, or makes a new one with a seat or in the waiting room. */
export function join(
  meeting: Meeting,
  facts: WireMeeting,
  command: JoinCommand,
  context: JoinContext,
): Decision<JoinVerdict> | JoinRefusal {
  const { claims, request } = command;
  if (isRemoved(meeting, claims)) return fail("removed", "You were removed from this meeting.");
  const resumed = resumable(meeting, claims, request, context.isLeaving);
  const before = resumed ?? earlierAttempt(meeting, claims, request, context.isLeaving);
  return before === null
    ? joinAnew(meeting, facts, command, context)
    : goOn(before, command, resumed !== null, context);
}

/** Goes on with a participant, over a newer connection. Whoever waits for media since a host has let them in is in. */
function goOn(
  before: Attendee,
  { request, address }: JoinCommand,
  isResume: boolean,
  { isEntering }: JoinContext,
): Decision<JoinVerdict> {
  const bindingToken = newBindingToken();
  // Another attempt may bring a token that is good no more, which it must not become again.
  const shown = isResume ? request.resume?.binding_token : undefined;
  const attendee = { ...bound(before, bindingToken, shown), address };
  const seatedOutcome = isEntering(attendee.participantId) ? "enters" : "resumes";
  const outcome = attendee.state === "waiting" ? "waits" : seatedOutcome;
  return {
    answer: { outcome, attendee, bindingToken, isResume, startMuted: [] },
    changes: [{ change: "attendee", attendee }],
  };
}

function joinAnew(
  meeting: Meeting,
  facts: WireMeeting,
  { claims, request, address }: JoinCommand,
  { nowMs, creator, limits, isLeaving, isConnected, mayKnock, mayCome }: JoinContext,
): Decision<JoinVerdict> | JoinRefusal {
  const { sub, participant_type: participantType } = claims;
  // This token may be older than another one of the same person.
  const role = meeting.roles.get(sub) ?? meeting.tokenRoles.get(sub)?.role ?? claims.role;
  const known = devicesOf(meeting, sub);
  const [first] = known;
  const devices = known.filter(({ participantId }) => !isLeaving(participantId));
  // A device that is away gives its place up for the one that is here.
  const given = devices.length < limits.perSubject
    ? undefined
    : devices.find(({ participantId, state }) =>
      state === "away" || (state === "waiting" && !isConnected(participantId))
    );
  if (devices.length >= limits.perSubject && given === undefined) {
    const words =
      `You are in this meeting on ${devices.length} devices already. Leave it on one of them first.`;
    return fail("full", words);
  }
  const hasSeat = devices.some(({ state }) => state !== "waiting");
  const isFree = role === "host" || hasSeat;
  const forbidden = isFree ? undefined : forbiddenBySettings(facts, participantType);
  if (forbidden !== undefined) return forbidden;
  if (!isFree && meeting.locked) return fail("locked", "A host has locked this meeting.");
  if (!isFree && seatsLeft(meeting, facts) < 1) {
    return fail("full", "This meeting is full. Try again when somebody has left.");
  }
  const waits = !isFree && participantType !== "member" && doStrangersWait(meeting, facts);
  if (waits && isWaitingRoomFull(meeting, address, limits)) {
    return fail("waiting_room_full", "Too many people wait to be let in. Try again later.");
  }
  if (waits && !mayKnock()) {
    const words = "You, or others from your network, have asked to be let in too often.";
    return fail("too_often", `${words} Try again in a few minutes.`);
  }
  if (!waits && !mayCome()) {
    return fail("too_often", "You have joined this meeting too often. Try again in a moment.");
  }
  const bindingToken = newBindingToken();
  const mayRename = may(meeting, facts, { role }, "rename");
  const attendee = newAttendee(claims, {
    role,
    isCreator: sub === creator,
    samePersonAs: first?.samePersonAs ?? first?.participantId ?? null,
    state: waits ? "waiting" : "joining",
    displayName: (mayRename ? request.display_name : undefined) ?? claims.display_name,
    bindingHashes: [bindingHash(bindingToken)],
    attemptId: request.attempt_id ?? null,
    address,
    joinedAtMs: nowMs,
    mutedSources: meeting.mutes.get(sub) ?? [],
  });
  const effects: Effect[] = [
    ...given === undefined
      ? []
      : [{ effect: "remove", participantId: given.participantId, reason: "lost" } as const],
    ...waits ? [{ effect: "knocked", sub } as const] : [],
  ];
  return {
    answer: {
      outcome: waits ? "waits" : "enters",
      attendee,
      bindingToken,
      isResume: false,
      startMuted: waits ? [] : startMuted(facts, seated(meeting).length + 1),
    },
    changes: [{ change: "attendee", attendee }],
    notices: waits
      ? [{ to: "admitters", type: "participant.waiting", data: { participant: toWire(attendee) } }]
      : [],
    effects,
  };
}

/** Whether those who are no members wait to be let in. Whoever is banned may come back as somebody else. */
export function doStrangersWait(
  { guestsWait }: Pick<Meeting, "guestsWait">,
  { settings }: WireMeeting,
): boolean {
  return settings.waiting_room || guestsWait;
}

/** Why somebody would get no ticket now. Theirs may be older than the settings, since it can be renewed for days. */
export function forbiddenBySettings(
  { settings }: WireMeeting,
  type: ParticipantType,
): Failure<"no_guests" | "no_externals"> | undefined {
  if (type === "guest" && !settings.allow_guests) {
    return fail("no_guests", "This meeting takes no guests: sign in to join it.");
  }
  if (type === "external" && !settings.allow_external_participants) {
    return fail("no_externals", "There is no such meeting: check the link.");
  }
  return undefined;
}

/** The sources with which the n-th participant starts paused. */
export function startMuted({ settings }: WireMeeting, number: number): MediaSource[] {
  const { start_muted_above: above } = settings;
  return above !== null && number > above ? ["microphone"] : [];
}

/** Sets a participant with a seat to `joined`, once their media is there, and announces them to the others. */
export function enter({ attendees }: Meeting, participantId: string): Decision {
  const before = attendees.get(participantId);
  if (before === undefined || before.state === "waiting") return decision({});
  const attendee: Attendee = { ...before, state: "joined" };
  const changes = [{ change: "presence", participantId, state: "joined" }] as const;
  if (before.state === "joined") return decision({});
  if (before.state === "away") return decision({ changes, effects: [{ effect: "updated", participantId }] });
  return decision({
    changes,
    notices: [{
      to: "everyone",
      except: participantId,
      type: "participant.joined",
      data: { participant: toWire(attendee) },
    }],
  });
}

/** Gives a participant a fresh binding token, of which their client is told once it is stored. */
export function rebind({ attendees }: Meeting, participantId: string, bindingToken: string): Decision {
  const before = attendees.get(participantId);
  if (before === undefined) return decision({});
  // The client may have none but the oldest that is still good: the answer that had the next one may be lost.
  const bindingHashes = [bindingHash(bindingToken), ...before.bindingHashes].slice(0, MOST_BINDINGS);
  return decision({ changes: [{ change: "attendee", attendee: { ...before, bindingHashes } }] });
}

/** Tells a client its fresh binding token. One that has come back meanwhile has a newer one, and this one is refused. */
export function tellBinding(
  { attendees }: Meeting,
  participantId: string,
  bound: { readonly binding_token: string; readonly token: string; readonly expires_in: number },
): Decision {
  const isGood = attendees.get(participantId)?.bindingHashes.includes(bindingHash(bound.binding_token));
  if (isGood !== true) return decision({});
  return decision({ notices: [{ to: [participantId], type: "session.bound", data: bound }] });
}

/**
 * The client has the binding token of its join's answer (`BindingProof`): all earlier ones are refused.
 * Those that it was given since may still be on their way.
 */
export function confirmBinding(
  { attendees }: Meeting,
  { participantId, bindingToken }: { participantId: string; bindingToken: string },
): Decision {
  const before = attendees.get(participantId);
  if (before === undefined) return decision({});
  const shown = before.bindingHashes.indexOf(bindingHash(bindingToken));
  const bindingHashes = before.bindingHashes.slice(0, shown + 1);
  if (shown < 0 || bindingHashes.length === before.bindingHashes.length) return decision({});
  return decision({ changes: [{ change: "attendee", attendee: { ...before, bindingHashes } }] });
}
