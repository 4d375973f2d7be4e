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
/**
 * A client that neither gets an answer nor fails in this many looks is given up: Redis hangs, its machine is gone, or the
 * client itself has stopped trying, as one of Sentinels does that knew of no master. Looks are counted and no time is
 * measured, since an isolate that was held up has heard nothing either.
 */
const SILENT_LOOKS = 4;
const LOOK_MS = 1_000;
const SENTINEL_SCAN_MS = 1_000;

export function connectRedis(address: RedisAddress): RedisConnection {
  const log = logger("live store");
  let lastFailure: string | undefined;
  let isAway = false;
  let silentLooks = 0;
  const failed = (error: Error) => {
    silentLooks = 0;
    if (!isAway) log.warn("Redis is away", { reason: error.message });
    isAway = true;
    lastFailure = error.message;
  };
  const back = () => {
    silentLooks = 0;
    if (isAway) log.info("Redis is back");
    isAway = false;
  };
  const first = Promise.withResolvers<void>();
  const open = () => {
    const opened = address.master === undefined ? clientOf(address) : sentinelOf(address, address.master);
    // The client emits an error at each failed attempt; an `error` without a listener would end the process.
    opened.on("error", failed);
    opened.on("ready", back);
    // It rejects when the client is given up before it was connected, and by itself where Sentinels know of no master.
    opened.connect().then(back).then(first.resolve, () => {});
    return opened;
  };
  let client = open();
  const watch = setInterval(() => {
    if (++silentLooks >= SILENT_LOOKS) {
      failed(new Error(`no answer in ${SILENT_LOOKS * LOOK_MS / 1_000} s`));
      void giveUp(client);
      client = open();
    }
    // Behind Sentinels a connection to the same master that comes back emits no `ready`.
    client.ping().then(back, () => {});
  }, LOOK_MS);
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

/** Closes a client without waiting for answers. */
async function giveUp(client: RedisClient): Promise<void> {
  // One that is closed while it connects would keep the connection once it has it, and the process with it.
  client.on("connect", () => void close(client));
  await close(client);
}

async function close(client: RedisClient): Promise<void> {
  try {
    await client.destroy();
  } catch {
    // It is closed, as it was to be.
  }
}

type RedisClient = ReturnType<typeof clientOf> | ReturnType<typeof sentinelOf>;

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
