import type { Kysely } from "kysely";
import { z } from "zod";
import { meetingAuditTypes } from "../../shared/protocol/mod.ts";
import type { Tables } from "./schema.ts";

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

/** Who did what, to whom, from where, with which result. No secrets, no e-mail addresses. */
export const auditEntry = z.object({
  type: z.enum(auditTypes),
  /** A user's or client's id, `system`, or `unknown`. */
  actor: z.string(),
  subject: z.string(),
  organization_id: z.string().nullable(),
  address: z.string(),
  result: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

export type AuditEntry = z.infer<typeof auditEntry>;

/** Puts on record what changes nothing in the database, such as a refusal; neither waits nor fails. */
export type RecordAudit = (entry: AuditEntry) => void;

/** Puts a change on record in its own transaction: neither is there without the other. */
export type RecordWithin = (queries: Kysely<Tables>, ...entries: readonly AuditEntry[]) => Promise<void>;

/** Told of a change within its transaction, to put it on record there. What it throws undoes the change. */
export type OnChange<T extends readonly unknown[] = []> = (
  queries: Kysely<Tables>,
  ...changed: T
) => Promise<void>;
