import * as z from "zod";
import { id, time } from "../text.ts";
import { listQuery } from "./lists.ts";

/** The audit events that a meeting controller records. */
const moderationAuditTypes = [
  "guest_admitted",
  "guest_denied",
  "participant_muted",
  "participant_removed",
  "participant_banned",
  "meeting_role_changed",
  "meeting_locked",
] as const;

/** The audit events of meetings. AC's own events are not among them: no other service can report those. */
export const meetingAuditTypes = [
  "meeting_created",
  "meeting_changed",
  "meeting_ended",
  ...moderationAuditTypes,
] as const;

/** All events of the trail. */
export const auditTypes = [
  "login",
  "logout",
  "user_registered",
  "user_created",
  "user_invited",
  "invitation_withdrawn",
  "user_changed",
  "user_disabled",
  "user_enabled",
  "role_changed",
  "password_changed",
  "token_issued",
  "token_refused",
  "client_registered",
  "client_changed",
  "client_disabled",
  "client_enabled",
  "client_removed",
  "secret_rotated",
  "key_generated",
  "key_rotated",
  "key_retired",
  "key_revoked",
  "organization_created",
  "organization_changed",
  ...meetingAuditTypes,
] as const;

/** A day (its beginning, UTC) or a time with its offset, as milliseconds since the Unix epoch. */
export const auditTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "must be a day such as 2026-11-25 or a time such as 2026-11-25T09:30:00Z",
}).transform((text) => Math.max(0, Date.parse(text)));

/** Where a page begins: after the entry of this id. */
export const auditCursor = z.string().regex(/^[0-9a-f-]{36}$/, "is not a cursor of this list");

/** Which entries of the trail are asked for. */
export const auditQuery = listQuery.extend({
  type: z.enum(auditTypes).exactOptional(),
  actor: id.exactOptional(),
  subject: id.exactOptional(),
  result: id.exactOptional(),
  from: auditTime.exactOptional(),
  to: auditTime.exactOptional(),
  cursor: auditCursor.exactOptional(),
});

/** The most entries of one request. */
export const AUDIT_ENTRIES_AT_ONCE = 100;

const auditId = z.string().regex(
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  "is not a UUID of version 7",
);

/** The actor's address; empty if it is unknown. */
export const auditAddress = z.string().max(64).regex(/^[0-9A-Za-z.:%_-]*$/, "is not an address");

const entry = z.strictObject({
  /** The entry's id, made by the service that recorded it. An entry that is sent again is recognised by it. */
  audit_id: auditId,
  at: time,
  /** The `sub` of the actor. */
  actor: id,
  /** The `sub` that the event concerns, or the meeting's id. */
  subject: id,
  address: auditAddress,
  result: z.string().regex(/^[a-z_]{1,64}$/, "is not a result"),
  details: z.record(
    z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "is not a name"),
    z.union([z.string().max(1_024), z.number()]),
  ).refine((details) => Object.keys(details).length <= 16, "has more than 16 entries").exactOptional(),
});

/** GC's request to AC with entries for the trail. */
const meetingAuditEntry = entry.extend({ type: z.enum(meetingAuditTypes), organization_id: id });
export const meetingAuditBody = entriesOf(meetingAuditEntry);

/** A meeting controller's request to GC, which adds the organisation. */
export const moderationAuditEntry = entry.extend({ type: z.enum(moderationAuditTypes) });
export const moderationAuditBody = entriesOf(moderationAuditEntry);

export type MeetingAuditEntry = z.infer<typeof meetingAuditEntry>;
export type ModerationAuditEntry = z.infer<typeof moderationAuditEntry>;

/** The trail is in the order of its ids, so an id's time is the entry's. */
function entriesOf<Entry extends { audit_id: string; at: string }>(schema: z.ZodType<Entry>) {
  const checked = schema.refine(
    ({ audit_id, at }) => parseInt(audit_id.replace("-", "").slice(0, 12), 16) === Date.parse(at),
    { path: ["audit_id"], message: "has another time than the entry" },
  );
  return z.strictObject({ entries: z.array(checked).min(1).max(AUDIT_ENTRIES_AT_ONCE) });
}
