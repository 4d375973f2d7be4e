import { protocol, tell } from "../../shared/actor/mod.ts";
import type { ActorContext } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { AuditWriter } from "../store/audit.ts";
import { type AuditEntry, auditEntry } from "../store/audit_entry.ts";
import type { AuditRow } from "../store/schema.ts";
import { auditRowMaker } from "./audit_row.ts";
import { isUnprovenRefusal, UnprovenRefusals } from "./unproven_refusals.ts";

const AuditTrail = protocol({ record: tell(auditEntry) });

export interface AuditTrailInit {
  readonly write: AuditWriter;
  /** Told of entries that are not in the database: each time they wait for it, and once when they are lost. */
  readonly onFailed: (entries: number, lost: boolean) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Entries are written together, this long after the first of them. */
  readonly gatherMs: number;
}

/** While the database is away, so many entries are kept; what comes then is logged instead. */
const CAPACITY = 10_000;
/** What was refused before anybody had proved who they are is counted over this time, from the first one on. */
const UNPROVEN_MS = 60_000;

/** Owns the audit entries that are not written yet, and the counts of refusals. */
export class AuditTrailActor {
  static readonly protocol = AuditTrail;
  readonly #init: AuditTrailInit;
  readonly #context: ActorContext<typeof AuditTrail>;
  readonly #log = logger("audit");
  readonly #rowOf = auditRowMaker();
  readonly #unproven = new UnprovenRefusals();
  #waiting: AuditRow[] = [];

  constructor(init: AuditTrailInit, context: ActorContext<typeof AuditTrail>) {
    this.#init = init;
    this.#context = context;
  }

  record(entry: AuditEntry): void {
    if (!isUnprovenRefusal(entry)) return this.#keep(entry);
    if (this.#unproven.isEmpty) this.#context.after(UNPROVEN_MS, () => this.#keepCounts());
    if (this.#unproven.isKept(entry)) this.#keep(entry);
  }

  async onStop(): Promise<void> {
    this.#keepCounts();
    await this.#write();
    const rows = this.#waiting;
    if (rows.length === 0) return;
    this.#init.onFailed(rows.length, true);
    for (const row of rows) this.#log.error("an audit entry could not be written", { entry: row });
  }

  #keepCounts(): void {
    for (const entry of this.#unproven.end()) this.#keep(entry);
  }

  #keep(entry: AuditEntry): void {
    const row = this.#rowOf(entry, this.#init.now());
    if (this.#waiting.length >= CAPACITY) {
      this.#init.onFailed(1, true);
      return this.#log.error("an audit entry could not be written", { entry: row });
    }
    this.#waiting.push(row);
    if (this.#waiting.length === 1) this.#context.after(this.#init.gatherMs, () => this.#write());
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    if (rows.length === 0) return;
    this.#waiting = [];
    try {
      await this.#init.write(rows);
    } catch (error) {
      this.#init.onFailed(rows.length, false);
      this.#log.error("audit entries wait for the database", { entries: rows.length, error });
      this.#waiting = [...rows, ...this.#waiting];
      this.#context.after(1000, () => this.#write());
    }
  }
}
