import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import { whileBusy } from "./while_busy.ts";

/** How many prepared statements are kept. A program has a fixed set of queries, of about this size. */
const KEPT_STATEMENTS = 256;

interface Prepared {
  readonly statement: StatementSync;
  /** Whether the statement answers rows, possibly none. */
  readonly hasRows: boolean;
}

/** Runs Kysely's compiled queries, one at a time, on `node:sqlite`. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync, busyTimeoutMs: number) {
    this.#database = database;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return whileBusy(this.#busyTimeoutMs, () => this.#run<R>(query));
  }

  /** @throws always: an open result set would keep all other queries waiting. */
  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Cannot stream a query from SQLite: read it in pages");
  }

  /** Runs a prepared statement, because only those have the result code in their error. */
  async execute(sql: string): Promise<void> {
    await whileBusy(this.#busyTimeoutMs, () => this.#prepare(sql).statement.run());
  }

  #run<R>(query: CompiledQuery): QueryResult<R> {
    const { statement, hasRows } = this.#prepare(query.sql);
    const parameters = query.parameters.map(bindable);
    // The query builder inferred the type of the rows; it can't be checked at run time.
    if (hasRows) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const oldest = this.#statements.size < KEPT_STATEMENTS ? undefined : this.#statements.keys().next().value;
    if (oldest !== undefined) this.#statements.delete(oldest);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/**
 * Passes values that both databases store alike.
 *
 * @throws {TypeError} for anything else: booleans are 0 and 1, times integer milliseconds, documents JSON text
 */
function bindable(value: unknown): SQLInputValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === "string" || typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`Cannot store a ${typeof value}: columns hold text, numbers, bytes or null`);
}
