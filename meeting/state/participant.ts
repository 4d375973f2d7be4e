import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { Participant, ParticipantSource } from "../../shared/protocol/mod.ts";

/** Somebody in a meeting, or on the way into it: what the meeting remembers of them. Times are milliseconds since the epoch. */
export interface Attendee {
  readonly participantId: string;
  /** The user or guest; the same user on two devices is two attendees. */
  readonly sub: string;
  /** What a client names when it resumes. */
  readonly correlationId: string;
  readonly participantType: Participant["participant_type"];
  readonly role: Participant["role"];
  readonly displayName: string;
  /** `joining`: has a seat and waits for media; nobody else knows of them yet. */
  readonly state: Participant["state"] | "joining";
  /** SHA-256 of the binding tokens that a resume may show, the newest first. */
  readonly bindingHashes: readonly string[];
  readonly handRaised: boolean;
  readonly joinedAtMs: number;
  /** From where they are connected, or were last; empty if that was before a restart. Not stored. */
  readonly address: string;
  /** Not stored: clients produce again. */
  readonly sources: readonly ParticipantSource[];
}

/** Somebody new, as their token describes them. */
export function newAttendee(
  claims: MeetingTokenClaims,
  init: Pick<Attendee, "state" | "displayName" | "bindingHashes" | "address" | "joinedAtMs">,
): Attendee {
  return {
    ...init,
    participantId: crypto.randomUUID(),
    correlationId: crypto.randomUUID(),
    sub: claims.sub,
    participantType: claims.participant_type,
    role: claims.role,
    handRaised: false,
    sources: [],
  };
}

/** What others are told of them. */
export function toWire(attendee: Attendee): Participant {
  const { state } = attendee;
  return {
    participant_id: attendee.participantId,
    display_name: attendee.displayName,
    role: attendee.role,
    participant_type: attendee.participantType,
    state: state === "joining" ? "joined" : state,
    sources: [...attendee.sources],
    hand_raised: attendee.handRaised,
    joined_at: new Date(attendee.joinedAtMs).toISOString(),
  };
}
