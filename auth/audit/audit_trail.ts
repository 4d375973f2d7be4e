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
const RETRY_MS = 1_000;
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
  /** The oldest first; those that are being written, too. */
  readonly #waiting: AuditRow[] = [];
  /** Entries are being written, or will be after a pause. */
  #isBusy = false;

  constructor(init: AuditTrailInit, context: ActorContext<typeof AuditTrail>) {
    this.#init = init;
    this.#context = context;
    // Not in `onStop`: one that waits for a silent database is cut off, and would say nothing.
    context.cleanup(() => this.#loseAll());
  }

  record(entry: AuditEntry): void {
    if (!isUnprovenRefusal(entry)) return this.#keep(entry);
    if (this.#unproven.isEmpty) this.#context.after(UNPROVEN_MS, () => this.#keepCounts());
    if (this.#unproven.isKept(entry)) this.#keep(entry);
  }

  /** What is being written by then is written again: an entry is in the trail once, by its id. */
  async onStop(): Promise<void> {
    this.#keepCounts();
    if (this.#waiting.length > 0) await this.#writeAll();
  }

  #keepCounts(): void {
    for (const entry of this.#unproven.end()) this.#keep(entry);
  }

  #keep(entry: AuditEntry): void {
    const row = this.#rowOf(entry, this.#init.now());
    if (this.#waiting.length >= CAPACITY) return this.#lose([row]);
    this.#waiting.push(row);
    if (!this.#isBusy) this.#writeAfter(this.#init.gatherMs);
  }

  #writeAfter(pauseMs: number): void {
    this.#isBusy = true;
    // The mailbox goes on meanwhile: what waits in it would be gone at a stop without a word.
    this.#context.after(pauseMs, () => {
      void this.#context.pipe(this.#writeAll(), (isWritten) => {
        this.#isBusy = false;
        if (this.#waiting.length > 0) this.#writeAfter(isWritten ? this.#init.gatherMs : RETRY_MS);
      });
    });
  }

  /**
   * Writes what waits; `false` if it has to wait for longer. Never rejects. At a stop two of these may be under way: each
   * takes away what it has written, from the front.
   */
  async #writeAll(): Promise<boolean> {
    const rows = [...this.#waiting];
    try {
      await this.#init.write(rows);
      this.#waiting.splice(0, rows.length);
      return true;
    } catch (error) {
      this.#init.onFailed(rows.length, false);
      this.#log.error("audit entries wait for the database", { entries: rows.length, error });
      return false;
    }
  }

  #loseAll(): void {
    this.#keepCounts();
    if (this.#waiting.length === 0) return;
    this.#log.error("audit entries are lost", { entries: this.#waiting.length });
    this.#lose(this.#waiting.splice(0));
  }

  #lose(rows: readonly AuditRow[]): void {
    this.#init.onFailed(rows.length, true);
    for (const row of rows) this.#log.error("an audit entry could not be written", { entry: row });
  }
}
