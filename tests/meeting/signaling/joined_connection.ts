import { requestFrame } from "../../../shared/protocol/mod.ts";
import { type FreshConnection, freshConnection } from "./fresh_connection.ts";

/** A connection that has joined, over a socket that the test holds. */
export async function joinedConnection(options: FreshConnection = {}) {
  const connection = await freshConnection(options);
  await connection.ask(requestFrame(1, "join", {}));
  connection.forget();
  return connection;
}
