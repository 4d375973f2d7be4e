import type { Kysely } from "kysely";

/**
 * An open database behind Kysely, whatever its kind. Transactions are write transactions: nothing but queries is
 * awaited inside one, since others wait for it.
 */
export interface Store<DB> extends AsyncDisposable {
  readonly queries: Kysely<DB>;
  /**
   * Runs `work` in a write transaction that no other one of this name overlaps, in whichever process. With SQLite
   * nothing overlaps anyway; PostgreSQL lets two transactions read the same state and both act on it.
   */
  exclusively<T>(name: string, work: (queries: Kysely<DB>) => Promise<T>): Promise<T>;
}
