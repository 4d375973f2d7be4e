import { Socket } from "node:net";
import type { PostgresServer } from "./postgres_address.ts";

/** The option `socket` for a client that gets one socket to a server, and then none any more; and what ends that one. */
export function onlySocket({ host, port }: PostgresServer) {
  const only = new Socket();
  let isUsed = false;
  return {
    async socket(): Promise<Socket> {
      if (isUsed) throw connectionClosed("the server closes the connection");
      isUsed = true;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const ended = () => reject(connectionClosed(`no connection to ${host}:${port}`));
      only.once("error", reject).once("close", ended);
      only.connect(port, host, resolve);
      await promise;
      only.off("error", reject).off("close", ended);
      // The name that the server's certificate is for.
      return Object.assign(only, { host });
    },
    destroy: () => void only.destroy(),
  };
}

export function connectionClosed(message: string): Error {
  return Object.assign(new Error(message), { code: "CONNECTION_CLOSED" });
}
