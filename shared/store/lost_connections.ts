import type { PostgresJSDialectConfig } from "kysely-postgres-js";
import type postgres from "postgres";
import { isConnectionLost } from "./is_connection_lost.ts";

type Client = Exclude<PostgresJSDialectConfig["postgres"], (...given: never[]) => unknown>;
type Reserved = Awaited<ReturnType<Client["reserve"]>>;

/**
 * A client whose lost connections stay lost. `postgres` 3.4 takes a reserved connection that is released after its
 * socket closed for an open one, and the next query on it is an exception that nobody can catch: so neither is such a
 * connection released (the client has already put it where it is opened anew), nor is it asked for a rollback.
 */
export function withoutLostConnections(client: postgres.Sql): Client {
  return {
    options: {},
    // Without a limit it would wait for what a lost connection never answers.
    end: (options) => client.end({ timeout: END_TIMEOUT_SECONDS, ...options }),
    reserve: async () => guarded(await inTime(client.reserve())),
  };
}

const END_TIMEOUT_SECONDS = 1;
/** `postgres` goes on trying for ever where a server takes connections and closes them, as proxies do. */
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
        // What was lost has been rolled back; an error of the rollback's would hide why it is asked for.
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
