import type { ChatMessage } from "../../shared/protocol/mod.ts";
import type { Attendee } from "./participant.ts";

/** The state of one meeting, owned by its `MeetingStateActor` alone. */
export interface Meeting {
  /** Rises by one with each change that everybody is told of. */
  rev: number;
  /** Nobody new gets in. */
  locked: boolean;
  /** In the order of their joining. */
  readonly attendees: Map<string, Attendee>;
  /** The last messages, oldest first. */
  chat: ChatMessage[];
}

const keptMessages = 200;

export function newMeeting(): Meeting {
  return { rev: 0, locked: false, attendees: new Map(), chat: [] };
}

/** Everybody who counts as being in the meeting: not those who wait. */
export function present(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter((attendee) => attendee.state !== "waiting");
}

/** Those of these ids who wait to be let in. */
export function waiting({ attendees }: Meeting, participantIds: readonly string[]): Attendee[] {
  return participantIds.flatMap((id) => attendees.get(id) ?? []).filter(({ state }) => state === "waiting");
}

/** How many are in a meeting, by what they are doing. */
export type Census = Record<Attendee["state"], number>;

export function census(meeting: Meeting): Census {
  const count: Census = { joined: 0, waiting: 0, away: 0 };
  for (const { state } of meeting.attendees.values()) count[state]++;
  return count;
}

/** What somebody says now, to all or to one. */
export function newMessage(from: Attendee, text: string, to: string | undefined): ChatMessage {
  return {
    message_id: crypto.randomUUID(),
    from: from.participantId,
    display_name: from.displayName,
    text,
    ...(to === undefined ? {} : { to }),
    sent_at: new Date().toISOString(),
  };
}

/** Remembers a message, and forgets the oldest. */
export function keep(meeting: Meeting, message: ChatMessage): void {
  meeting.chat.push(message);
  if (meeting.chat.length > keptMessages) meeting.chat.shift();
}

/** What one attendee may read: what was said to all, and what they said or were told in private. */
export function chatFor(meeting: Meeting, participantId: string): ChatMessage[] {
  return meeting.chat.filter(({ to, from }) =>
    to === undefined || to === participantId || from === participantId
  );
}
