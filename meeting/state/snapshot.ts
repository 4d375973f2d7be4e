import { z } from "zod";
import {
  chatMessage,
  mediaSource,
  meetingRole,
  participantType,
  permissionsChange,
} from "../../shared/protocol/mod.ts";
import { permissionChanges, type StoredMeeting, type StoredMessage } from "../../shared/store/live/mod.ts";
import type { Attendee } from "./participant.ts";
import { type Meeting, newMeeting } from "./meeting.ts";

const storedAttendee = z.object({
  participant_id: z.string(),
  sub: z.string(),
  correlation_id: z.string(),
  participant_type: participantType,
  role: meetingRole,
  same_person_as: z.string().nullable().default(null),
  display_name: z.string(),
  waiting: z.boolean(),
  binding_hashes: z.array(z.string()),
  attempt_id: z.string().nullable().default(null),
  muted_sources: z.array(mediaSource).default([]),
  hand_raised_at_ms: z.number().nullable().default(null),
  joined_at_ms: z.number(),
});

const storedRemoval = z.object({
  sub: z.string(),
  at_ms: z.number(),
  banned: z.boolean(),
  participant_ids: z.array(z.string()).default([]),
});

/** The state of a meeting that survives its shard. Later parts have defaults: older snapshots lack them. Sources, layouts and subscriptions don't: clients send them again. */
const snapshotSchema = z.object({
  rev: z.number(),
  locked: z.boolean(),
  permissions: permissionsChange.default({}),
  permission_changes: permissionChanges.default({}),
  roles: z.array(z.object({ sub: z.string(), role: meetingRole })).default([]),
  token_roles: z.array(z.object({ sub: z.string(), role: meetingRole, issued_at: z.number() })).default([]),
  mutes: z.array(z.object({ sub: z.string(), sources: z.array(mediaSource) })).default([]),
  removals: z.array(storedRemoval).default([]),
  guests_wait: z.boolean().default(false),
  started_at_ms: z.number().nullable().default(null),
  hostless_since_ms: z.number().nullable().default(null),
  /** When it was written. */
  at_ms: z.number().nullable().default(null),
  attendees: z.array(storedAttendee),
});

/** The meeting as JSON text for the live store. */
export function toSnapshot(meeting: Meeting, nowMs: number): string {
  const attendees = [...meeting.attendees.values()].map((attendee) => ({
    participant_id: attendee.participantId,
    sub: attendee.sub,
    correlation_id: attendee.correlationId,
    participant_type: attendee.participantType,
    role: attendee.role,
    same_person_as: attendee.samePersonAs,
    display_name: attendee.displayName,
    waiting: attendee.state === "waiting",
    binding_hashes: [...attendee.bindingHashes],
    attempt_id: attendee.attemptId,
    muted_sources: [...attendee.mutedSources],
    hand_raised_at_ms: attendee.handRaisedAtMs,
    joined_at_ms: attendee.joinedAtMs,
  }));
  const { rev, locked, permissions, permissionChanges: permission_changes } = meeting;
  const snapshot: z.infer<typeof snapshotSchema> = {
    rev,
    locked,
    permissions,
    permission_changes,
    roles: [...meeting.roles].map(([sub, role]) => ({ sub, role })),
    token_roles: [...meeting.tokenRoles].map(([sub, { role, issuedAt: issued_at }]) => ({
      sub,
      role,
      issued_at,
    })),
    mutes: [...meeting.mutes].map(([sub, sources]) => ({ sub, sources: [...sources] })),
    removals: [...meeting.removals].map(([sub, { atMs, banned, participantIds }]) => (
      { sub, at_ms: atMs, banned, participant_ids: [...participantIds] }
    )),
    guests_wait: meeting.guestsWait,
    started_at_ms: meeting.lifetime.startedAtMs,
    hostless_since_ms: meeting.lifetime.hostlessSinceMs,
    at_ms: nowMs,
    attendees,
  };
  return JSON.stringify(snapshot);
}

/** How long ago a snapshot was written; 0 where it doesn't say. */
export function ageOf({ snapshot }: StoredMeeting, nowMs: number): number {
  const { at_ms } = snapshotSchema.pick({ at_ms: true }).parse(JSON.parse(snapshot ?? "{}"));
  return at_ms === null ? 0 : nowMs - at_ms;
}

/** The chat as the store keeps it. */
export function toStoredChat({ chat, messages }: Meeting): StoredMessage[] {
  const first = messages - chat.length + 1;
  return chat.map((message, index) => ({ number: first + index, message: JSON.stringify(message) }));
}

/**
 * The meeting as it was stored; every participant is away, or waits, until they resume. Without a snapshot it begins now.
 * `creator` is a `sub`.
 */
export function fromStored(
  { snapshot, chat: messagesStored }: StoredMeeting,
  creator: string | undefined,
  nowMs: number,
): Meeting {
  const chat = messagesStored.map(({ message }) => chatMessage.parse(JSON.parse(message)));
  const messages = messagesStored.at(-1)?.number ?? 0;
  if (snapshot === null) return { ...newMeeting(nowMs), chat, messages };
  const stored = snapshotSchema.parse(JSON.parse(snapshot));
  const { rev, locked, permissions } = stored;
  const attendees = stored.attendees.map((one): [string, Attendee] => [one.participant_id, {
    participantId: one.participant_id,
    sub: one.sub,
    correlationId: one.correlation_id,
    participantType: one.participant_type,
    role: one.role,
    isCreator: one.sub === creator,
    samePersonAs: one.same_person_as,
    displayName: one.display_name,
    state: one.waiting ? "waiting" : "away",
    bindingHashes: one.binding_hashes,
    attemptId: one.attempt_id,
    mutedSources: one.muted_sources,
    handRaisedAtMs: one.hand_raised_at_ms,
    joinedAtMs: one.joined_at_ms,
    address: "",
    sources: [],
  }]);
  return {
    rev,
    locked,
    permissions,
    permissionChanges: stored.permission_changes,
    roles: new Map(stored.roles.map(({ sub, role }) => [sub, role])),
    tokenRoles: new Map(
      stored.token_roles.map(({ sub, role, issued_at: issuedAt }) => [sub, { role, issuedAt }]),
    ),
    mutes: new Map([
      // An older snapshot has them with the participants alone.
      ...stored.attendees.filter((one) => one.muted_sources.length > 0)
        .map((one) => [one.sub, one.muted_sources] as const),
      ...stored.mutes.map(({ sub, sources }) => [sub, sources] as const),
    ]),
    removals: new Map(
      stored.removals.map((
        { sub, at_ms: atMs, banned, participant_ids: participantIds },
      ) => [sub, { atMs, banned, participantIds }]),
    ),
    guestsWait: stored.guests_wait,
    lifetime: {
      startedAtMs: stored.started_at_ms ?? nowMs,
      hostlessSinceMs: stored.hostless_since_ms,
    },
    speaker: null,
    quality: new Map(),
    attendees: new Map(attendees),
    chat,
    messages,
  };
}
