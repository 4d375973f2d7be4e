import type { DatabaseLocation } from "../database_location.ts";
import type { Migration } from "../migration.ts";

/** A service's database, as a whole. */
export interface Transferred {
  readonly service: string;
  /** What is exported, in an order in which references find their rows; each with the columns of its key. */
  readonly tables: readonly { readonly name: string; readonly key: readonly string[] }[];
  readonly migrations: readonly Migration[];
  readonly location: DatabaseLocation;
}

/** Rows by the names of their columns. */
export type Rows = Record<string, Record<string, unknown>>;
