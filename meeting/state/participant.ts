import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { MediaSource, Participant, ParticipantSource } from "../../shared/protocol/mod.ts";

/** A participant as the meeting remembers them, from the join request on. Times are milliseconds since the Unix epoch. */
export interface Attendee {
  readonly participantId: string;
  /** The user or guest. A user on two devices is two attendees. */
  readonly sub: string;
  /** The id that a client sends to resume. */
  readonly correlationId: string;
  readonly participantType: Participant["participant_type"];
  readonly role: Participant["role"];
  /** They created the meeting. Not stored: the meeting's facts say who did. */
  readonly isCreator: boolean;
  /** The first of the subject's participants, gone or not, where this one isn't it. */
  readonly samePersonAs: string | null;
  readonly displayName: string;
  /** `joining`: has a seat, waits for media, and was not announced to the others. */
  readonly state: Participant["state"] | "joining";
  /** SHA-256 of the binding tokens that a resume may show, the newest first. */
  readonly bindingHashes: readonly string[];
  /** The join's, by which another try of the same join is known; null if the client sent none. */
  readonly attemptId: string | null;
  /** The subject's sources that a host muted, whether there are producers of them or not. */
  readonly mutedSources: readonly MediaSource[];
  /** Null: the hand is down. */
  readonly handRaisedAtMs: number | null;
  readonly joinedAtMs: number;
  /** The address of the latest connection; empty after a restart. Not stored. */
  readonly address: string;
  /** Not stored: clients produce again. */
  readonly sources: readonly ParticipantSource[];
}

/** A new attendee, as the token describes them. */
export function newAttendee(
  claims: MeetingTokenClaims,
  init: Pick<
    Attendee,
    | "role"
    | "isCreator"
    | "samePersonAs"
    | "state"
    | "displayName"
    | "bindingHashes"
    | "attemptId"
    | "address"
    | "joinedAtMs"
    | "mutedSources"
  >,
): Attendee {
  return {
    ...init,
    participantId: crypto.randomUUID(),
    correlationId: crypto.randomUUID(),
    sub: claims.sub,
    participantType: claims.participant_type,
    handRaisedAtMs: null,
    sources: [],
  };
}

/** The attendee as others see them. */
export function toWire(attendee: Attendee): Participant {
  const { state, samePersonAs, mutedSources, handRaisedAtMs } = attendee;
  return {
    participant_id: attendee.participantId,
    display_name: attendee.displayName,
    role: attendee.role,
    ...(attendee.isCreator ? { is_creator: true } : {}),
    ...(samePersonAs === null ? {} : { same_person_as: samePersonAs }),
    participant_type: attendee.participantType,
    state: state === "joining" ? "joined" : state,
    sources: [...attendee.sources],
    ...(mutedSources.length === 0 ? {} : { muted_sources: [...mutedSources] }),
    hand_raised: handRaisedAtMs !== null,
    ...(handRaisedAtMs === null ? {} : { hand_raised_at: new Date(handRaisedAtMs).toISOString() }),
    joined_at: new Date(attendee.joinedAtMs).toISOString(),
  };
}

/** Whether the others were told of an attendee. */
export function isAnnounced({ state }: Pick<Attendee, "state">): boolean {
  return state === "joined" || state === "away";
}
