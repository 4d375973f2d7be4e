import { deadline } from "@std/async/deadline";
import type { PostgresJSReservedSql } from "kysely-postgres-js";
import postgres from "postgres";
import { isConnectionLost } from "./is_connection_lost.ts";
import type { PostgresServer } from "./postgres_address.ts";
import { connectionClosed, onlySocket } from "./postgres_socket.ts";
import { type SilenceWatch, silenceWatch } from "./silence_watch.ts";

/** A connection to one server, until it is lost. */
export interface PostgresConnection extends Pick<PostgresJSReservedSql, "unsafe"> {
  /** Resolves when the connection is gone, whoever ended it. */
  readonly lost: Promise<void>;
  /** Whether the server could be written at first: a replica can't. */
  readonly isWritable: boolean;
  /** Whether it is to be used again: neither lost, nor at a server that can't be written any more. */
  readonly isGood: boolean;
  end(): Promise<void>;
}

type Answer = Awaited<ReturnType<PostgresJSReservedSql["unsafe"]>>;
type Options = NonNullable<Parameters<typeof postgres>[1]>;

/** From the first packet to the first answer. */
const OPEN_TIMEOUT_MS = 5_000;
/** Without a limit it would wait for an answer that never comes. */
const END_TIMEOUT_SECONDS = 1;
/** SQLSTATE of a write at a server that is a replica, or became one. */
const READ_ONLY = "25006";

/** A way to open connections to one server. Their queries share one watch over its silence. */
export function connectorTo(
  server: PostgresServer,
  options: Options = {},
): () => Promise<PostgresConnection> {
  const watch = silenceWatch(() => answers(server, options));
  return () => connect(server, options, watch);
}

/**
 * Opens a connection by a client of its own. A client of `postgres` 3.4 makes connections anew by itself, and goes on
 * badly after it lost one: a query on a reserved connection whose socket is gone throws where nobody can catch it, or,
 * once the socket was replaced, runs outside its transaction. So here each client has one connection with one socket,
 * and after its loss nothing is asked of it.
 *
 * @throws if the server can't be reached, or doesn't let this user in
 */
async function connect(
  server: PostgresServer,
  options: Options,
  watch: SilenceWatch,
): Promise<PostgresConnection> {
  const lost = Promise.withResolvers<void>();
  const underWay = new Set<(loss: Error) => void>();
  let loss: Error | undefined;
  let isReadOnly = false;
  const lose = (error: Error) => {
    loss ??= error;
    for (const reject of underWay) reject(loss);
  };
  const { socket, destroy } = onlySocket(server);
  const client = postgres(server.url, {
    ...options,
    // An option that the types don't have.
    ...{ socket },
    max: 1,
    max_lifetime: null,
    connect_timeout: 0,
    onclose() {
      // The client forgets a query that was sent between the socket's error and its end.
      lose(connectionClosed("the connection to PostgreSQL is gone"));
      lost.resolve();
    },
  });
  const giveUp = () => {
    lose(connectionClosed("PostgreSQL does not answer"));
    lost.resolve();
    destroy();
  };
  const { isWritable, reserved } = await deadline(open(client), OPEN_TIMEOUT_MS).catch(async (error) => {
    destroy();
    await client.end({ timeout: 0 });
    throw error;
  });
  return {
    lost: lost.promise,
    isWritable,
    get isGood() {
      return loss === undefined && !isReadOnly;
    },
    unsafe(query, parameters, how) {
      if (loss !== undefined) {
        // The server rolls back by itself, and an error of this rollback would hide the error before it.
        const outcome = query === "rollback" ? Promise.resolve(NOTHING) : Promise.reject(loss);
        return Object.assign(outcome, { cancel() {} });
      }
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      underWay.add(reject);
      const endWatch = watch(giveUp);
      const pending = reserved.unsafe(query, parameters, how);
      pending.then(resolve, (error) => {
        if (isConnectionLost(error)) lose(error);
        isReadOnly ||= error.code === READ_ONLY;
        reject(error);
      });
      const settled = promise.finally(() => {
        underWay.delete(reject);
        endWatch();
      });
      return Object.assign(settled, { cancel: () => pending.cancel() });
    },
    async end() {
      if (loss === undefined) reserved.release();
      await client.end({ timeout: END_TIMEOUT_SECONDS });
    },
  };
}

const NOBODY_WATCHES: SilenceWatch = () => () => {};
const NOTHING = Object.assign([], { count: 0, command: "ROLLBACK" });

async function open(client: postgres.Sql) {
  // A reservation that fails is tried again by the client; a query that fails is not.
  const [setting] = await client.unsafe("SHOW transaction_read_only");
  const isWritable = setting?.["transaction_read_only"] === "off";
  return { isWritable, reserved: await client.reserve() };
}

/** Whether a server answers somebody who connects now, if only with a refusal. */
async function answers(server: PostgresServer, options: Options): Promise<boolean> {
  try {
    const connection = await connect(server, options, NOBODY_WATCHES);
    await connection.end();
    return true;
  } catch (error) {
    return error instanceof postgres.PostgresError;
  }
}
