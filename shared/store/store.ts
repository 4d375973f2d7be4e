import type { Kysely } from "kysely";

/** What PostgreSQL otherwise ends after some seconds, since a process that is gone would hold up all others. */
export interface Patience {
  /** Waits for others' locks for as long as they take; without it a long wait is an outage. */
  readonly forLocks?: boolean;
  /** Pauses between its queries for as long as it likes; without it a long pause loses the connection. */
  readonly inPauses?: boolean;
}

/**
 * An open database of either kind, behind Kysely. Transactions are write transactions, `snapshot` apart. Only queries may be awaited inside
 * one, since other writers wait for it.
 */
export interface Store<DB> extends AsyncDisposable {
  readonly queries: Kysely<DB>;
  /**
   * Runs `work` in a write transaction that overlaps no other one of this name, in any process. With SQLite write
   * transactions never overlap; PostgreSQL lets two of them read the same state and both act on it.
   */
  exclusively<T>(
    name: string,
    work: (queries: Kysely<DB>) => Promise<T>,
    patience?: Patience,
  ): Promise<T>;
  /** Runs `work`, which only reads, on the database as it is at one moment. No other process waits for it. */
  snapshot<T>(work: (queries: Kysely<DB>) => Promise<T>): Promise<T>;
}
