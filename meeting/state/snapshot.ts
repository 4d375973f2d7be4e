import { z } from "zod";
import { chatMessage, meetingRole, participantType } from "../../shared/protocol/mod.ts";
import type { StoredMeeting } from "../../shared/store/live/mod.ts";
import type { Attendee } from "./participant.ts";
import { type Meeting, newMeeting } from "./meeting.ts";

const storedAttendee = z.object({
  participant_id: z.string(),
  sub: z.string(),
  correlation_id: z.string(),
  participant_type: participantType,
  role: meetingRole,
  display_name: z.string(),
  waiting: z.boolean(),
  binding_hashes: z.array(z.string()),
  hand_raised: z.boolean(),
  joined_at_ms: z.number(),
});

/** The state of a meeting that survives its shard. Sources, layouts and subscriptions don't: clients send them again. */
const snapshotSchema = z.object({
  rev: z.number(),
  locked: z.boolean(),
  attendees: z.array(storedAttendee),
});

/** The meeting as JSON text for the live store. */
export function toSnapshot(meeting: Meeting): string {
  const attendees = [...meeting.attendees.values()].map((attendee) => ({
    participant_id: attendee.participantId,
    sub: attendee.sub,
    correlation_id: attendee.correlationId,
    participant_type: attendee.participantType,
    role: attendee.role,
    display_name: attendee.displayName,
    waiting: attendee.state === "waiting",
    binding_hashes: [...attendee.bindingHashes],
    hand_raised: attendee.handRaised,
    joined_at_ms: attendee.joinedAtMs,
  }));
  const { rev, locked } = meeting;
  const snapshot: z.infer<typeof snapshotSchema> = { rev, locked, attendees };
  return JSON.stringify(snapshot);
}

/** The meeting as it was stored; every participant is away, or waits, until they resume. */
export function fromStored({ snapshot, chat: stored }: StoredMeeting): Meeting {
  const chat = stored.map(({ message }) => chatMessage.parse(JSON.parse(message)));
  const messages = stored.at(-1)?.number ?? 0;
  if (snapshot === null) return { ...newMeeting(), chat, messages };
  const { rev, locked, attendees } = snapshotSchema.parse(JSON.parse(snapshot));
  const restored = attendees.map((stored): [string, Attendee] => [stored.participant_id, {
    participantId: stored.participant_id,
    sub: stored.sub,
    correlationId: stored.correlation_id,
    participantType: stored.participant_type,
    role: stored.role,
    displayName: stored.display_name,
    state: stored.waiting ? "waiting" : "away",
    bindingHashes: stored.binding_hashes,
    handRaised: stored.hand_raised,
    joinedAtMs: stored.joined_at_ms,
    address: "",
    sources: [],
  }]);
  return { ...newMeeting(), rev, locked, chat, messages, attendees: new Map(restored) };
}
