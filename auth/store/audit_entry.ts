import type { Kysely } from "kysely";
import { z } from "zod";
import { auditTypes } from "../../shared/protocol/mod.ts";
import type { Tables } from "./schema.ts";

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
