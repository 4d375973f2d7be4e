import type { ChatMessage, ParticipantSource } from "../../shared/protocol/mod.ts";
import { KEPT_MESSAGES } from "../../shared/store/live/mod.ts";
import type { Attendee } from "./participant.ts";

/** The state of one meeting, owned by its `MeetingStateActor` alone. Commands read it; changes alone write it. */
export interface Meeting {
  /** The revision: rises by one with each notice to everyone. */
  rev: number;
  /** New participants are refused. */
  locked: boolean;
  /** In the order of their joining. */
  readonly attendees: Map<string, Attendee>;
  /** The last messages, oldest first. */
  readonly chat: ChatMessage[];
  /** How many messages there were: the number of the last one. */
  messages: number;
  /** The time of each subject's removal: tokens issued before it are refused. Not in the snapshot: the live store has it. */
  readonly removedAtMs: Map<string, number>;
}

/** One change of a meeting. */
export type Change =
  | { readonly change: "attendee"; readonly attendee: Attendee }
  | { readonly change: "attendee.gone"; readonly participantId: string }
  /** A participant with a seat comes or goes. A snapshot keeps the seat alone. */
  | { readonly change: "presence"; readonly participantId: string; readonly state: "joined" | "away" }
  | {
    readonly change: "sources";
    readonly participantId: string;
    readonly sources: readonly ParticipantSource[];
  }
  | { readonly change: "locked"; readonly locked: boolean }
  | { readonly change: "chat"; readonly message: ChatMessage }
  | { readonly change: "subject.removed"; readonly sub: string; readonly atMs: number };

export function newMeeting(): Meeting {
  return { rev: 0, locked: false, attendees: new Map(), chat: [], messages: 0, removedAtMs: new Map() };
}

export function applyChange(meeting: Meeting, change: Change): void {
  switch (change.change) {
    case "attendee":
      return void meeting.attendees.set(change.attendee.participantId, change.attendee);
    case "attendee.gone":
      return void meeting.attendees.delete(change.participantId);
    case "presence": {
      const attendee = meeting.attendees.get(change.participantId);
      if (attendee === undefined) return;
      return void meeting.attendees.set(change.participantId, { ...attendee, state: change.state });
    }
    case "sources": {
      const attendee = meeting.attendees.get(change.participantId);
      if (attendee === undefined) return;
      return void meeting.attendees.set(change.participantId, { ...attendee, sources: change.sources });
    }
    case "locked":
      meeting.locked = change.locked;
      return;
    case "chat":
      meeting.messages++;
      meeting.chat.push(change.message);
      if (meeting.chat.length > KEPT_MESSAGES) meeting.chat.shift();
      return;
    case "subject.removed":
      return void meeting.removedAtMs.set(change.sub, change.atMs);
  }
}

/** Whether a change belongs to the snapshot. The chat is stored beside it. */
export function isStored({ change }: Change): boolean {
  return change !== "chat" && change !== "sources" && change !== "subject.removed" && change !== "presence";
}

/** All participants with a seat; those in the waiting room have none. */
export function seated(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter(({ state }) => state !== "waiting");
}

/** All participants who were announced to the others. */
export function announced(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter(({ state }) => state === "joined" || state === "away");
}

/** The participants with these ids who are in the waiting room. */
export function waiting({ attendees }: Meeting, participantIds: readonly string[]): Attendee[] {
  return participantIds.flatMap((id) => attendees.get(id) ?? []).filter(({ state }) => state === "waiting");
}

/** The joined host with this id; undefined if the participant is no host, or is not in the meeting. */
export function hostOf({ attendees }: Meeting, participantId: string): Attendee | undefined {
  const attendee = attendees.get(participantId);
  return attendee?.state === "joined" && attendee.role === "host" ? attendee : undefined;
}

/** How many participants a meeting has, by state; those in the state `joining` count as joined. */
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

/** The messages that one attendee may read: those to all, and the private ones from or to the attendee. */
export function chatFor(meeting: Meeting, participantId: string): ChatMessage[] {
  return meeting.chat.filter(({ to, from }) =>
    to === undefined || to === participantId || from === participantId
  );
}
