import { createClient, createSentinel, ErrorReply } from "redis";
import { logger } from "../../../log/mod.ts";
import type { RedisAddress } from "./parse_redis_url.ts";
import type { Script } from "./script.ts";
import { StoreAway } from "./store_away.ts";

/** A connection to Redis, which comes back by itself after it was lost. */
export interface RedisConnection extends AsyncDisposable {
  /** Resolves at the first connection, however long that takes. */
  readonly connected: Promise<unknown>;
  /** Why there was no connection at the last attempt, if one failed. */
  lastFailure(): string | undefined;
  /**
   * Runs a script. Requests that are sent meanwhile go over the connection without waiting for one another.
   *
   * @throws {StoreAway} at once while there is no connection, and when it is lost before the answer
   */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** More requests than this without an answer are refused at once. */
const MOST_WAITING = 20_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection that doesn't answer a ping in this time is given up: Redis hangs, or its machine is gone. */
const SILENCE_MS = 4_000;
const SENTINEL_SCAN_MS = 1_000;

export function connectRedis(address: RedisAddress): RedisConnection {
  const log = logger("live store");
  let lastFailure: string | undefined;
  let isAway = false;
  const failed = (error: Error) => {
    if (!isAway) log.warn("Redis is away", { reason: error.message });
    isAway = true;
    lastFailure = error.message;
  };
  const first = Promise.withResolvers<void>();
  const open = () => {
    const opened = address.master === undefined ? clientOf(address) : sentinelOf(address, address.master);
    // The client emits an error at each failed attempt; an `error` without a listener would end the process.
    opened.on("error", failed);
    const back = () => {
      if (isAway) log.info("Redis is back");
      isAway = false;
    };
    opened.on("ready", back);
    // It rejects when the client is given up before it was connected.
    opened.connect().then(back).then(first.resolve, () => {});
    return opened;
  };
  let client = open();
  let pinged: number | undefined;
  const watch = setInterval(() => {
    if (pinged !== undefined) {
      if (performance.now() - pinged < SILENCE_MS) return;
      failed(new Error(`no answer in ${SILENCE_MS / 1_000} s`));
      void giveUp(client);
      client = open();
    }
    const asked = pinged = performance.now();
    const answered = () => {
      if (pinged === asked) pinged = undefined;
    };
    client.ping().then(answered, answered);
  }, SILENCE_MS / 4);
  return {
    connected: first.promise,
    lastFailure: () => lastFailure,
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
      clearInterval(watch);
      await giveUp(client);
    },
  };
}

/** Closes a client without waiting for answers; one that is closed already says so by throwing. */
async function giveUp(client: { destroy(): void | Promise<void> }): Promise<void> {
  try {
    await client.destroy();
  } catch {
    // It is closed, as it was to be.
  }
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
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    socket: {
      ...node,
      ...(tls ? { tls: true as const } : {}),
      connectTimeout: CONNECT_TIMEOUT_MS,
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
