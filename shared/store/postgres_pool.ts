import type { PostgresJSReservedSql, PostgresJSSql } from "kysely-postgres-js";
import type { PostgresConnection } from "./postgres_connection.ts";

/** How long somebody waits for a connection. */
const RESERVE_TIMEOUT_MS = 5_000;
/** An older connection is closed: a server's process grows with what it was asked, and its name may lead elsewhere. */
const LIFETIME_MS = 30 * 60_000;

type Waiting = PromiseWithResolvers<PostgresConnection>;

/** Connections that are opened when they are needed, `most` at the same time, and used again until they are lost. */
export function postgresPool(
  open: () => Promise<PostgresConnection>,
  most: number,
  now: () => number = () => performance.now(),
): Omit<PostgresJSSql, "options"> & { readonly options: Record<never, never> } {
  const idle: PostgresConnection[] = [];
  const openedAt = new Map<PostgresConnection, number>();
  let opening = 0;
  let waiting: Waiting[] = [];
  let isOver = false;

  async function add(): Promise<void> {
    opening++;
    const asked = new Set(waiting);
    try {
      const connection = await open();
      openedAt.set(connection, now());
      void connection.lost.then(() => forget(connection));
      opening--;
      give(connection);
    } catch (error) {
      opening--;
      // Whoever came meanwhile gets an attempt of their own: this one may have begun before a connection was lost.
      const hopeful = waiting.filter((waits) => asked.has(waits));
      // Where nothing is open, nobody's release would help the others.
      const refused = new Set(openedAt.size === 0 ? hopeful : hopeful.slice(0, 1));
      waiting = waiting.filter((waits) => !refused.has(waits));
      for (const { reject } of refused) reject(error);
      addIfWanted();
    }
  }

  function addIfWanted(): void {
    const wanted = Math.min(most - openedAt.size - opening, waiting.length - opening);
    for (let n = 0; n < wanted; n++) void add();
  }

  function forget(connection: PostgresConnection): void {
    openedAt.delete(connection);
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
    addIfWanted();
  }

  function give(connection: PostgresConnection): void {
    const isOld = now() - (openedAt.get(connection) ?? 0) > LIFETIME_MS;
    if (isOver || isOld || !connection.isGood) {
      forget(connection);
      void connection.end();
      return;
    }
    const first = waiting.shift();
    if (first === undefined) idle.push(connection);
    else first.resolve(connection);
  }

  async function next(): Promise<PostgresConnection> {
    if (isOver) throw unavailable("CONNECTION_ENDED", "the database was closed");
    const connection = idle.pop();
    if (connection?.isGood) return connection;
    const waits: Waiting = Promise.withResolvers();
    waiting.push(waits);
    addIfWanted();
    const late = setTimeout(() => {
      waiting = waiting.filter((other) => other !== waits);
      waits.reject(unavailable("CONNECT_TIMEOUT", "PostgreSQL gives no connection"));
    }, RESERVE_TIMEOUT_MS);
    try {
      return await waits.promise;
    } finally {
      clearTimeout(late);
    }
  }

  return {
    options: {},
    async reserve(): Promise<PostgresJSReservedSql> {
      const connection = await next();
      return { unsafe: connection.unsafe, release: () => give(connection) };
    },
    async end() {
      isOver = true;
      for (const { reject } of waiting.splice(0)) {
        reject(unavailable("CONNECTION_ENDED", "the database was closed"));
      }
      await Promise.all([...openedAt.keys()].map((connection) => connection.end()));
    },
  };
}

function unavailable(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
