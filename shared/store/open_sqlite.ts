import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { StartError } from "../service/start_error.ts";
import { isBusy } from "./is_busy.ts";
import { migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";
import { sqliteDialect } from "./sqlite_dialect.ts";
import type { Store } from "./store.ts";
import { BLOCKING_WAIT_MS, whileBusy } from "./while_busy.ts";

interface SqliteOptions {
  /** The file; its folder must exist. `:memory:` for a database that ends with the process. */
  readonly path: string;
  readonly migrations: readonly Migration[];
  /** How long a query waits for other processes' writes; 2,000 unless told. */
  readonly busyTimeoutMs?: number;
  /** The programs of several users have it open: a new file is for their common group, as far as the umask allows. */
  readonly isShared?: boolean;
}

const PRAGMAS = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON"];

/** SQLite's result codes for a file that is damaged, or is no database. */
const DAMAGED: ReadonlySet<unknown> = new Set([11, 26]);

/** A file up to this size is searched for damage at every start, which takes a third of a second at most. */
const ALWAYS_SEARCHED_BYTES = 64 * 1024 * 1024;

/**
 * Opens a SQLite database, making a file that not everybody may read if there is none, and migrates it. A large file is
 * searched for damage only where the program that had it open before did not close it.
 *
 * @throws {StartError} if the file can't be opened or written, is damaged, or was written by a newer program; it is left as
 * it was
 */
export async function openSqlite<DB>(options: SqliteOptions): Promise<Store<DB>> {
  await makePrivate(options);
  const database = await open(options, await isToBeSearched(options.path) ? assertSound : () => {});
  try {
    await migrate(storeOver<unknown>(database, options), { bytes: "blob" }, options.migrations);
  } catch (error) {
    database.close();
    throw explain(error, options.path);
  }
  return storeOver<DB>(database, options);
}

/** SQLite would make a file that everybody may read; what it makes beside a file gets the mode of that. */
async function makePrivate({ path, isShared = false }: SqliteOptions): Promise<void> {
  if (path === ":memory:") return;
  try {
    const mode = isShared ? 0o660 : 0o600;
    (await Deno.open(path, { write: true, createNew: true, mode })).close();
  } catch {
    // There is one, or there can be none: SQLite says which.
  }
}

/**
 * Opens a database that this program has opened before, without searching the file for damage and without migrating it.
 *
 * @throws {StartError} if the file can't be opened
 */
export async function connectSqlite<DB>(options: Omit<SqliteOptions, "migrations">): Promise<Store<DB>> {
  return storeOver<DB>(await open(options, () => {}), options);
}

function storeOver<DB>(database: DatabaseSync, options: Omit<SqliteOptions, "migrations">): Store<DB> {
  const queries = new Kysely<DB>({ dialect: sqliteDialect(database, options.busyTimeoutMs ?? 2000) });
  return {
    queries,
    // Such a transaction writes from its beginning (`BEGIN IMMEDIATE`), and SQLite has one writer at a time.
    exclusively: (_name, work, { forLocks = false } = {}) =>
      forLocks ? oncePossible(queries, work) : queries.transaction().execute(work),
    snapshot: (work) => queries.transaction().setAccessMode("read only").execute(work),
    async [Symbol.asyncDispose]() {
      await queries.destroy();
    },
  };
}

/** Runs `work` in a transaction, which is tried again for as long as another connection's writing keeps it from beginning. */
async function oncePossible<DB, T>(
  queries: Kysely<DB>,
  work: (queries: Kysely<DB>) => Promise<T>,
): Promise<T> {
  for (;;) {
    let hasBegun = false;
    try {
      return await queries.transaction().execute((transaction) => {
        hasBegun = true;
        return work(transaction);
      });
    } catch (error) {
      if (hasBegun || !isBusy(error)) throw error;
    }
  }
}

async function open(
  { path, busyTimeoutMs = 2000 }: Omit<SqliteOptions, "migrations">,
  check: (database: DatabaseSync, path: string) => void,
): Promise<DatabaseSync> {
  let database: DatabaseSync | undefined;
  try {
    const opened = database = new DatabaseSync(path, { timeout: BLOCKING_WAIT_MS });
    await whileBusy(busyTimeoutMs, () => {
      check(opened, path);
      for (const pragma of PRAGMAS) opened.prepare(pragma).get();
    });
    return opened;
  } catch (error) {
    database?.close();
    throw explain(error, path);
  }
}

/** The search reads all of the file, and nobody is served meanwhile. Whoever closes it last removes its write-ahead log. */
async function isToBeSearched(path: string): Promise<boolean> {
  return await bytesOf(path) <= ALWAYS_SEARCHED_BYTES || await bytesOf(`${path}-wal`) > 0;
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    // There is none, or SQLite says why it can't be read.
    return 0;
  }
}

/** Only reads, so that a foreign file stays as it is: switching it to WAL would write to it. */
function assertSound(database: DatabaseSync, path: string): void {
  const verdict = database.prepare("PRAGMA quick_check(1)").get();
  if (verdict?.quick_check !== "ok") throw damaged(path);
}

function damaged(path: string, cause?: unknown): StartError {
  return new StartError(
    `the database ${path} is damaged or not a database; restore a copy, or move it away to start anew`,
    { cause },
  );
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof StartError || !(error instanceof Error)) return error;
  if ("errcode" in error && DAMAGED.has(error.errcode)) return damaged(path, error);
  const sqlite = "code" in error && error.code === "ERR_SQLITE_ERROR";
  const refused = error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
  if (!sqlite && !refused) return error;
  const needs = `this service must be able to write it, and other files in ${dirname(path)}`;
  return new StartError(`the database ${path} can't be used: ${error.message}; ${needs}`, { cause: error });
}
