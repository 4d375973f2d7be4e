import type { DatabaseSync } from "node:sqlite";
import type { DatabaseConnection, Driver, TransactionSettings } from "kysely";
import { SqliteConnection } from "./sqlite_connection.ts";

/**
 * One connection, which queries and transactions use one after another: a query between the statements of a transaction
 * would be part of it. A transaction begins with `BEGIN IMMEDIATE`, because SQLite refuses at once a transaction that
 * began with reading and then writes while another connection writes. One that only reads sees the file as it is at its
 * first query, and keeps no other connection from writing (https://sqlite.org/isolation.html).
 */
export class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;
  #turn: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(database: DatabaseSync, busyTimeoutMs: number) {
    this.#database = database;
    this.#connection = new SqliteConnection(database, busyTimeoutMs);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#turn;
    const mine = Promise.withResolvers<void>();
    this.#turn = mine.promise;
    await before;
    this.#release = mine.resolve;
    return this.#connection;
  }

  releaseConnection(): Promise<void> {
    this.#release();
    return Promise.resolve();
  }

  beginTransaction(_connection: DatabaseConnection, { accessMode }: TransactionSettings): Promise<void> {
    return this.#connection.execute(accessMode === "read only" ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE");
  }

  commitTransaction(): Promise<void> {
    return this.#connection.execute("COMMIT");
  }

  /** Where the disk is full, SQLite has rolled back by itself, and another error would hide the cause. */
  async rollbackTransaction(): Promise<void> {
    if (this.#database.isTransaction) await this.#connection.execute("ROLLBACK");
  }

  destroy(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
    return Promise.resolve();
  }
}
