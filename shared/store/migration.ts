import type { Kysely } from "kysely";

/** The types with different names in the two databases. */
export interface ColumnTypes {
  readonly bytes: "blob" | "bytea";
}

/**
 * One numbered step of a schema. Numbers rise by one from 1; a step that was released is never changed. The database is
 * untyped here, because a step is written for the schema of its time.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  up(db: Kysely<unknown>, types: ColumnTypes): Promise<void>;
}
