import { sql } from "kysely";
import { isBusy } from "./is_busy.ts";
import { isConnectionLost } from "./is_connection_lost.ts";
import { isUnavailable } from "./is_unavailable.ts";
import type { Store } from "./store.ts";

/**
 * Why the database can't be written at the moment, in words for an operator; `undefined` when it can. It is found out by
 * writing: a full disk still answers reads. The row has the number 0, which no migration has, and its name changes each
 * time, since SQLite writes no page whose content stays. Whoever lets strangers ask shares the answer (`sharedCheck`).
 */
export async function writeObstacle<DB>(
  { queries }: Pick<Store<DB>, "queries">,
): Promise<string | undefined> {
  try {
    await sql`INSERT INTO schema_migrations (number, name) VALUES (0, 'tick') ON CONFLICT (number)
      DO UPDATE SET name = CASE schema_migrations.name WHEN 'tick' THEN 'tock' ELSE 'tick' END`
      .execute(queries);
    return undefined;
  } catch (error) {
    // Somebody else is writing, so it can be written.
    if (isBusy(error)) return undefined;
    if (!isUnavailable(error)) throw error;
    if (isConnectionLost(error) || !(error instanceof Error)) return "the database does not answer";
    return `the database can't be written: ${error.message}`;
  }
}
