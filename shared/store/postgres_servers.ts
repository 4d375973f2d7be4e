import type { PostgresServer } from "./postgres_address.ts";
import type { PostgresConnection } from "./postgres_connection.ts";

interface ReachableServer extends Pick<PostgresServer, "host" | "port"> {
  connect(): Promise<PostgresConnection>;
}

/**
 * A way to connect to one of several servers: the first that answers and, where it must be, can be written. The one that
 * was good last is asked first.
 *
 * @throws with the code `CONNECTION_FAILED` if there is none
 */
export function postgresServers(
  servers: readonly ReachableServer[],
  mustBeWritable: boolean,
): () => Promise<PostgresConnection> {
  let inOrder = servers;

  async function tryOne(server: ReachableServer): Promise<PostgresConnection> {
    const connection = await server.connect();
    if (connection.isWritable || !mustBeWritable) return connection;
    await connection.end();
    throw new Error(`${server.host}:${server.port} can only be read`);
  }

  return async () => {
    const failures: Error[] = [];
    for (const server of inOrder) {
      try {
        const connection = await tryOne(server);
        inOrder = [server, ...servers.filter((other) => other !== server)];
        return connection;
      } catch (error) {
        // No outage: nobody comes to be allowed later.
        if (error instanceof Deno.errors.NotCapable) throw error;
        failures.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    const message = failures.map((failure) => failure.message).join("; ");
    throw Object.assign(new Error(message, { cause: failures[0] }), { code: "CONNECTION_FAILED" });
  };
}
