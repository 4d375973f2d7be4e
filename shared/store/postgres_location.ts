/** A PostgreSQL database, as plain data. */
export interface PostgresLocation {
  readonly kind: "postgres";
  /** `postgres://user:password@host:port/database`; the password makes it a secret. */
  readonly url: string;
  /** The schema that holds the tables, which is made if it isn't there. A `search_path` in the URL goes before it. */
  readonly schema?: string;
  /** How many connections there are at the most; 8 unless told. */
  readonly connections?: number;
}
