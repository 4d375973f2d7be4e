import { requestFrame } from "../../../shared/protocol/mod.ts";
import { freshConnection } from "./fresh_connection.ts";

/** A connection that has joined, over a socket that the test holds. */
export async function joinedConnection() {
  const connection = await freshConnection();
  await connection.ask(requestFrame(1, "join", {}));
  connection.forget();
  return connection;
}
