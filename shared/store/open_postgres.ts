import { Kysely, type RawBuilder, sql } from "kysely";
import { PostgresJSDialect } from "kysely-postgres-js";
import { StartError } from "../service/start_error.ts";
import { migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";
import { parsePostgresUrl, type PostgresAddress } from "./postgres_address.ts";
import { connectorTo } from "./postgres_connection.ts";
import type { PostgresLocation } from "./postgres_location.ts";
import { postgresPool } from "./postgres_pool.ts";
import { postgresServers } from "./postgres_servers.ts";
import type { Patience, Store } from "./store.ts";

type PostgresOptions = Omit<PostgresLocation, "kind">;

/**
 * What the server does for each connection. A machine that is gone ends none, and holds its locks until the server notices.
 * A parameter in the URL goes before these.
 */
const SERVER_SIDE = {
  /** Milliseconds; the same error as an outage. */
  lock_timeout: 4_000,
  /** Milliseconds. */
  idle_in_transaction_session_timeout: 15_000,
  /** Seconds: after 30 s without an answer a connection is lost. */
  tcp_keepalives_idle: 15,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
};

/**
 * Opens a PostgreSQL database and migrates it.
 *
 * @throws {StartError} if it can't be reached, refuses this user, or was written by a newer program
 */
export async function openPostgres<DB>(
  { migrations, ...options }: PostgresOptions & { readonly migrations: readonly Migration[] },
): Promise<Store<DB>> {
  const address = addressOf(options);
  const pool = poolOf(address, options);
  try {
    const store = storeOver<unknown>(pool);
    if (options.schema !== undefined) await createSchema(store, options.schema);
    await migrate(store, { bytes: "bytea" }, migrations);
  } catch (error) {
    await pool.end();
    throw explain(error, address);
  }
  return storeOver<DB>(pool);
}

/**
 * Opens a PostgreSQL database that was migrated before. It connects at the first query.
 *
 * @throws {StartError} if `url` is not the address of a PostgreSQL database
 */
export function connectPostgres<DB>(options: PostgresOptions): Store<DB> {
  return storeOver<DB>(poolOf(addressOf(options), options));
}

/** Who may not create a schema can still use one that somebody else created. */
async function createSchema({ queries }: Pick<Store<unknown>, "queries">, schema: string): Promise<void> {
  const lock = sql`hashtextextended('schema/' || ${schema}, 0)`;
  await underLock(queries, lock, { forLocks: true }, async (transaction) => {
    const { rows } = await sql<{ is_there: boolean }>`SELECT current_schema() IS NOT NULL AS is_there`
      .execute(transaction);
    if (rows[0]?.is_there !== true) await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(transaction);
  });
}

function addressOf({ url }: PostgresOptions): PostgresAddress {
  const address = parsePostgresUrl(url);
  if (address !== undefined) return address;
  throw new StartError(
    "DT_DATABASE_URL is not like postgres://user:password@host:port/database, with commas between several host:port",
  );
}

function poolOf({ servers, mustBeWritable }: PostgresAddress, { schema, connections = 8 }: PostgresOptions) {
  const options = {
    onnotice() {},
    // No column is an array.
    fetch_types: false,
    connection: { ...SERVER_SIDE, ...schema === undefined ? {} : { search_path: schema } },
    types: { bigint: INTEGER, bytes: BYTES },
  };
  const ways = servers.map((server) => ({ ...server, connect: connectorTo(server, options) }));
  return postgresPool(postgresServers(ways, mustBeWritable), connections);
}

function storeOver<DB>(pool: ReturnType<typeof postgresPool>): Store<DB> {
  const queries = new Kysely<DB>({ dialect: new PostgresJSDialect({ postgres: () => pool }) });
  return {
    queries,
    exclusively: (name, work, patience = {}) =>
      underLock(queries, sql`hashtextextended(current_schema() || '/' || ${name}, 0)`, patience, work),
    snapshot: (work) =>
      queries.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(
        async (transaction) => {
          // It holds no lock that anybody waits for, and whoever reads an export may be slow.
          await bePatient(transaction, { inPauses: true });
          return await work(transaction);
        },
      ),
    async [Symbol.asyncDispose]() {
      await queries.destroy();
    },
  };
}

/**
 * Runs `work` in a transaction that holds a lock. Whoever is patient asks for it again and again: a server doesn't notice
 * that somebody who waits for a lock has gone, and would have that wait take a connection for as long as the lock is held.
 */
async function underLock<DB, T>(
  queries: Kysely<DB>,
  lock: RawBuilder<unknown>,
  patience: Patience,
  work: (queries: Kysely<DB>) => Promise<T>,
): Promise<T> {
  for (;;) {
    let isHeld = false;
    try {
      return await queries.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${lock})`.execute(transaction);
        isHeld = true;
        await bePatient(transaction, patience);
        return await work(transaction);
      });
    } catch (error) {
      if (isHeld || patience.forLocks !== true || !isLockTimeout(error)) throw error;
    }
  }
}

/** SQLSTATE `lock_not_available`. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "55P03";
}

/** Holds until the transaction's end. */
async function bePatient<DB>(transaction: Kysely<DB>, { forLocks, inPauses }: Patience): Promise<void> {
  if (forLocks) await sql`SET LOCAL lock_timeout = 0`.execute(transaction);
  if (inPauses) await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(transaction);
}

/** Times in milliseconds and counts: far below 2^53, and numbers in SQLite too. */
const INTEGER = { to: 20, from: [20], serialize: String, parse: Number };

const BYTES = {
  to: 17,
  from: [17],
  serialize: (bytes: Uint8Array) => `\\x${bytes.toHex()}`,
  parse: (text: string) => Uint8Array.fromHex(text.slice(2)),
};

/** Describes an error without the address, which has the password in it. */
function explain(error: unknown, { servers, database }: PostgresAddress): unknown {
  if (error instanceof StartError || !(error instanceof Error) || !("code" in error)) return error;
  const at = servers.map(({ host, port }) => `${host}:${port}`).join(", ");
  return new StartError(`the database ${database} at ${at} can't be used: ${error.message}`, {
    cause: error,
  });
}
