import { z } from "zod";
import { protocol, tell } from "../../shared/actor/mod.ts";
import type { ActorContext } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import { addAuditRows } from "../store/audit.ts";
import type { AuditRow, Tables } from "../store/schema.ts";

/** Who did what, to whom, from where, with which result. No secrets, no e-mail addresses. */
export const auditEntry = z.object({
  type: z.enum([
    "login",
    "logout",
    "session_refreshed",
    "user_registered",
    "password_changed",
    "token_issued",
    "token_refused",
    "client_registered",
    "client_changed",
    "client_removed",
    "secret_rotated",
    "key_generated",
    "key_retired",
  ]),
  /** A user's or client's id, `system`, or `unknown`. */
  actor: z.string(),
  subject: z.string(),
  organization_id: z.string().nullable(),
  address: z.string(),
  result: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

export type AuditEntry = z.infer<typeof auditEntry>;

export const AuditTrail = protocol({ record: tell(auditEntry) });

export interface AuditTrailInit {
  readonly store: Store<Tables>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Entries are written together, this long after the first of them. */
  readonly gatherMs: number;
}

/** While the database is away, so many entries are kept; what comes then is logged instead. */
const CAPACITY = 10_000;

/** Owns the audit entries that are not written yet. */
export class AuditTrailActor {
  static readonly protocol = AuditTrail;
  readonly #init: AuditTrailInit;
  readonly #context: ActorContext<typeof AuditTrail>;
  readonly #log = logger("audit");
  #waiting: AuditRow[] = [];

  constructor(init: AuditTrailInit, context: ActorContext<typeof AuditTrail>) {
    this.#init = init;
    this.#context = context;
  }

  record({ details, ...entry }: AuditEntry): void {
    const row = {
      audit_id: crypto.randomUUID(),
      at: this.#init.now(),
      ...entry,
      details: JSON.stringify(details ?? {}),
    };
    if (this.#waiting.length >= CAPACITY) {
      return this.#log.error("audit entry could not be written", { entry: row });
    }
    this.#waiting.push(row);
    if (this.#waiting.length === 1) this.#context.after(this.#init.gatherMs, () => this.#write());
  }

  onStop(): Promise<void> {
    return this.#write();
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    if (rows.length === 0) return;
    this.#waiting = [];
    try {
      await addAuditRows(this.#init.store, rows);
    } catch (error) {
      this.#log.error("audit entries wait for the database", { entries: rows.length, error });
      this.#waiting = [...rows, ...this.#waiting];
      this.#context.after(1000, () => this.#write());
    }
  }
}
