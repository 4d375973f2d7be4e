import { createClient, createSentinel, ErrorReply } from "redis";
import { logger } from "../../../log/mod.ts";
import type { RedisAddress } from "./parse_redis_url.ts";
import type { Script } from "./script.ts";
import { StoreAway } from "./store_away.ts";

/** A connection to Redis, which comes back by itself after it was lost. */
export interface RedisConnection extends AsyncDisposable {
  /** Resolves at the first connection, however long that takes. */
  readonly connected: Promise<unknown>;
  /**
   * Runs a script. Requests that are sent meanwhile go over the connection without waiting for one another, and are run
   * in the order in which they were sent.
   *
   * @throws {StoreAway} at once while there is no connection, and when it is lost before the answer
   */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** More requests than this without an answer are refused at once. */
const MOST_WAITING = 20_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection over which nothing comes for this long, in spite of a ping every `PING_MS`, is given up. */
const SILENCE_MS = 6_000;
const PING_MS = 2_000;
const SENTINEL_SCAN_MS = 1_000;

export function connectRedis(address: RedisAddress): RedisConnection {
  const client = address.master === undefined ? clientOf(address) : sentinelOf(address, address.master);
  const log = logger("live store");
  let isAway = false;
  // The client emits an error at each failed attempt; an `error` without a listener would end the process.
  client.on("error", (error: Error) => {
    if (!isAway) log.warn("Redis is away", { reason: error.message });
    isAway = true;
  });
  client.on("ready", () => {
    if (isAway) log.info("Redis is back");
    isAway = false;
  });
  const connected = client.connect();
  // A connection that is closed before it was made.
  connected.catch(() => {});
  return {
    connected,
    async run(script, keys, args) {
      const options = { keys: [...keys], arguments: args.map(String) };
      try {
        return await client.evalSha(script.sha, options);
      } catch (error) {
        if (!(error instanceof ErrorReply) || !error.message.startsWith("NOSCRIPT")) throw asStoreAway(error);
      }
      try {
        return await client.eval(script.text, options);
      } catch (error) {
        throw asStoreAway(error);
      }
    },
    async [Symbol.asyncDispose]() {
      await client.destroy();
    },
  };
}

function clientOf({ nodes: [node], database, ...address }: RedisAddress) {
  return createClient({ ...optionsOf(address, node), database });
}

function sentinelOf({ nodes, database, ...address }: RedisAddress, name: string) {
  return createSentinel({
    name,
    sentinelRootNodes: [...nodes],
    nodeClientOptions: { ...optionsOf(address), database },
    // The user and the password are those of the servers.
    sentinelClientOptions: optionsOf({ ...address, username: undefined, password: undefined }),
    scanInterval: SENTINEL_SCAN_MS,
    passthroughClientErrorEvents: true,
    maxCommandRediscovers: 1,
  });
}

function optionsOf(
  { tls, username, password }: Pick<RedisAddress, "tls" | "username" | "password">,
  node?: { readonly host: string; readonly port: number },
) {
  return {
    // Without this the client asks for an environment variable at each connection.
    maintNotifications: "disabled" as const,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    pingInterval: PING_MS,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    socket: {
      ...node,
      ...(tls ? { tls: true as const } : {}),
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, 1_000),
    },
  };
}

/** Redis' replies that say "not now": starting, not the master, out of memory or disk, not allowed in. */
const NOT_NOW =
  /^(LOADING|READONLY|MASTERDOWN|NOREPLICAS|OOM|MISCONF|BUSY|TRYAGAIN|CLUSTERDOWN|NOAUTH|WRONGPASS|NOPERM)\b/;

/** `error` as a `StoreAway`, unless Redis answered that the request itself is wrong, which is a bug of ours. */
function asStoreAway(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof ErrorReply && !NOT_NOW.test(error.message)) return error;
  return new StoreAway(`Redis can't be used: ${error.message}`, { cause: error });
}
