import type { Kysely } from "kysely";

/**
 * An open database behind Kysely, whatever its kind. Transactions are write transactions: nothing but queries is
 * awaited inside one, since others wait for it.
 */
export interface Store<DB> extends AsyncDisposable {
  readonly queries: Kysely<DB>;
}
