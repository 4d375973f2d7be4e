import type { ChatMessage, ParticipantSource } from "../../shared/protocol/mod.ts";
import type { Attendee } from "./participant.ts";

/** The state of one meeting, owned by its `MeetingStateActor` alone. Commands read it; changes alone write it. */
export interface Meeting {
  /** Rises by one with each notice that everybody is told. */
  rev: number;
  /** Nobody new gets in. */
  locked: boolean;
  /** In the order of their joining. */
  readonly attendees: Map<string, Attendee>;
  /** The last messages, oldest first. */
  readonly chat: ChatMessage[];
  /** When each subject was removed: a token issued before that lets nobody in. Not stored: the live store has it. */
  readonly removedAtMs: Map<string, number>;
}

/** One change of a meeting. */
export type Change =
  | { readonly change: "attendee"; readonly attendee: Attendee }
  | { readonly change: "attendee.gone"; readonly participantId: string }
  | {
    readonly change: "sources";
    readonly participantId: string;
    readonly sources: readonly ParticipantSource[];
  }
  | { readonly change: "locked"; readonly locked: boolean }
  | { readonly change: "chat"; readonly message: ChatMessage }
  | { readonly change: "subject.removed"; readonly sub: string; readonly atMs: number };

const keptMessages = 200;

export function newMeeting(): Meeting {
  return { rev: 0, locked: false, attendees: new Map(), chat: [], removedAtMs: new Map() };
}

export function applyChange(meeting: Meeting, change: Change): void {
  switch (change.change) {
    case "attendee":
      return void meeting.attendees.set(change.attendee.participantId, change.attendee);
    case "attendee.gone":
      return void meeting.attendees.delete(change.participantId);
    case "sources": {
      const attendee = meeting.attendees.get(change.participantId);
      if (attendee === undefined) return;
      return void meeting.attendees.set(change.participantId, { ...attendee, sources: change.sources });
    }
    case "locked":
      meeting.locked = change.locked;
      return;
    case "chat":
      meeting.chat.push(change.message);
      if (meeting.chat.length > keptMessages) meeting.chat.shift();
      return;
    case "subject.removed":
      return void meeting.removedAtMs.set(change.sub, change.atMs);
  }
}

/** Whether a change is part of the snapshot. */
export function isStored({ change }: Change): boolean {
  return change !== "sources" && change !== "subject.removed";
}

/** Everybody who has a seat: not those who wait. */
export function seated(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter(({ state }) => state !== "waiting");
}

/** Everybody whom the others know of. */
export function announced(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter(({ state }) => state === "joined" || state === "away");
}

/** Those of these ids who wait to be let in. */
export function waiting({ attendees }: Meeting, participantIds: readonly string[]): Attendee[] {
  return participantIds.flatMap((id) => attendees.get(id) ?? []).filter(({ state }) => state === "waiting");
}

/** The host of this id, if that is one and is here. */
export function hostOf({ attendees }: Meeting, participantId: string): Attendee | undefined {
  const attendee = attendees.get(participantId);
  return attendee?.state === "joined" && attendee.role === "host" ? attendee : undefined;
}

/** How many are in a meeting, by what they are doing; who is on the way in counts as joined. */
export interface Census {
  joined: number;
  waiting: number;
  away: number;
}

export function census(meeting: Meeting): Census {
  const count: Census = { joined: 0, waiting: 0, away: 0 };
  for (const { state } of meeting.attendees.values()) count[state === "joining" ? "joined" : state]++;
  return count;
}

/** What one attendee may read: what was said to all, and what they said or were told in private. */
export function chatFor(meeting: Meeting, participantId: string): ChatMessage[] {
  return meeting.chat.filter(({ to, from }) =>
    to === undefined || to === participantId || from === participantId
  );
}
