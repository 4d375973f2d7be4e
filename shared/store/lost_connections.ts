import type { PostgresJSDialectConfig } from "kysely-postgres-js";
import type postgres from "postgres";
import { isConnectionLost } from "./is_connection_lost.ts";

type Client = Exclude<PostgresJSDialectConfig["postgres"], (...given: never[]) => unknown>;
type Reserved = Awaited<ReturnType<Client["reserve"]>>;

/**
 * Wraps a client so that a lost connection is not used again. When a reserved connection is released after its socket
 * closed, `postgres` 3.4 takes it for open, and the next query on it throws where no caller can catch it. So a lost
 * connection is not released (the client itself opens it anew), and no rollback is sent over it.
 */
export function withoutLostConnections(client: postgres.Sql): Client {
  return {
    options: {},
    // Without a time limit it would wait for an answer that a lost connection never gives.
    end: (options) => client.end({ timeout: END_TIMEOUT_SECONDS, ...options }),
    reserve: async () => guarded(await inTime(client.reserve())),
  };
}

const END_TIMEOUT_SECONDS = 1;
/** Without this limit `postgres` tries for ever where a server accepts connections and closes them, as proxies do. */
const RESERVE_TIMEOUT_MS = 5_000;

async function inTime(reserving: Promise<postgres.ReservedSql>): Promise<postgres.ReservedSql> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error("PostgreSQL gives no connection"), { code: "CONNECT_TIMEOUT" }));
    reserving.then((reserved) => reserved.release(), () => {});
  }, RESERVE_TIMEOUT_MS);
  try {
    return await Promise.race([reserving, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const NOTHING = Object.assign([], { count: 0, command: "ROLLBACK" });

function guarded(reserved: postgres.ReservedSql): Reserved {
  let lost: Error | undefined;
  return {
    unsafe(query, parameters, options) {
      if (lost !== undefined) {
        // The server rolls back by itself, and an error of this rollback would hide the error before it.
        const outcome = query === "rollback" ? Promise.resolve(NOTHING) : Promise.reject(lost);
        return Object.assign(outcome, { cancel() {} });
      }
      const pending = reserved.unsafe(query, parameters, options);
      pending.catch((error) => {
        if (isConnectionLost(error)) lost = error;
      });
      return pending;
    },
    release() {
      if (lost === undefined) reserved.release();
    },
  };
}
