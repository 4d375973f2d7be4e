import { createClient } from "redis";
import { freePorts } from "../../free_ports.ts";

/** A redis-server of this test's own, in a folder of its own. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Writes all data to the disk. */
  save(): Promise<void>;
  /** The names of all keys, in order. */
  keys(): Promise<string[]>;
  /** Brings the end of every key that has one nearer by this much. */
  passTime(milliseconds: number): Promise<void>;
  /** Resolves once this replica is connected to its master. */
  isReplicating(): Promise<void>;
  /** Resolves once there is such a key. */
  has(key: string): Promise<void>;
  /** Has it hang, and go on. */
  stop(): void;
  goOn(): void;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again after `kill`: with what was saved last, or `empty`. */
  start(empty?: "empty"): Promise<void>;
}

const folderOf = () => Deno.makeTempDir({ prefix: "dark-tower-redis-" });

/** Starts Debian's redis-server; `config` are further lines of its configuration. */
export async function startRedis(config: readonly string[] = [], password = ""): Promise<RedisServer> {
  const port = freePorts(1);
  const folder = await folderOf();
  const url = `redis://${password === "" ? "" : `:${password}@`}127.0.0.1:${port}`;
  let process: Deno.ChildProcess | undefined;
  const server: RedisServer = {
    port,
    url,
    async start(empty) {
      if (empty !== undefined) await Deno.remove(`${folder}/dump.rdb`).catch(() => {});
      const lines = ["bind 127.0.0.1", `port ${port}`, `dir ${folder}`, 'save ""', ...config];
      await Deno.writeTextFile(`${folder}/redis.conf`, lines.join("\n"));
      process = new Deno.Command("redis-server", {
        args: [`${folder}/redis.conf`],
        stdout: "null",
        stderr: "null",
      }).spawn();
      await answers(url);
    },
    save: () => withClient(url, async (client) => void await client.sendCommand(["SAVE"])),
    keys: () => withClient(url, async (client) => (await client.keys("*")).toSorted()),
    passTime: (milliseconds) =>
      withClient(url, async (client) => {
        for (const key of await client.keys("*")) {
          const left = await client.pTTL(key);
          if (left >= 0) await client.pExpire(key, left - milliseconds);
        }
      }),
    isReplicating: () =>
      withClient(url, async (client) => {
        while (!/master_link_status:up/.test(await client.info("replication")));
      }),
    has: (key) =>
      withClient(url, async (client) => {
        while (await client.exists(key) === 0);
      }),
    stop: () => process?.kill("SIGSTOP"),
    goOn: () => process?.kill("SIGCONT"),
    async kill() {
      process?.kill("SIGKILL");
      await process?.status;
      process = undefined;
    },
    async [Symbol.asyncDispose]() {
      await this.kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}

/** Redis' Sentinel, which watches `master` and replaces it by a replica half a second after its end. */
export async function startSentinel(
  master: RedisServer,
): Promise<AsyncDisposable & { readonly port: number; knowsReplica(): Promise<void> }> {
  const port = freePorts(1);
  const folder = await folderOf();
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor tower 127.0.0.1 ${master.port} 1`,
    "sentinel down-after-milliseconds tower 500",
    "sentinel failover-timeout tower 2000",
  ];
  await Deno.writeTextFile(`${folder}/sentinel.conf`, lines.join("\n"));
  const process = new Deno.Command("redis-server", {
    args: [`${folder}/sentinel.conf`, "--sentinel"],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `redis://127.0.0.1:${port}`;
  await answers(url);
  return {
    port,
    knowsReplica: () =>
      withClient(url, async (client) => {
        while (!/slaves=1/.test(await client.info("sentinel")));
      }),
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

let own: Promise<RedisServer> | undefined;

/** The Redis of `DT_TEST_REDIS_URL`; where none answers, one of this test file's own, which ends with it. */
export async function testRedisUrl(): Promise<string> {
  const url = Deno.env.get("DT_TEST_REDIS_URL") ?? "redis://127.0.0.1:6379";
  if (await isThere(url)) return url;
  own ??= startRedis().then((server) => {
    globalThis.addEventListener("unload", () => void server.kill());
    return server;
  });
  return (await own).url;
}

/** Deletes what a URL's prefix has. */
export async function emptyRedis(url: string): Promise<void> {
  const prefix = new URL(url).searchParams.get("prefix") ?? "";
  const server = new URL(url);
  server.search = "";
  await withClient(server.href, async (client) => {
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
  });
}

function newClient(url: string, reconnect: boolean) {
  const client = createClient({
    url,
    maintNotifications: "disabled",
    socket: { reconnectStrategy: reconnect ? 20 : false },
  });
  client.on("error", () => {});
  return client;
}

async function withClient<T>(
  url: string,
  work: (client: ReturnType<typeof newClient>) => Promise<T>,
  reconnect = false,
): Promise<T> {
  const client = newClient(url, reconnect);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.destroy();
  }
}

async function isThere(url: string): Promise<boolean> {
  return await withClient(url, (client) => client.ping()).then(() => true, () => false);
}

async function answers(url: string): Promise<void> {
  await withClient(url, (client) => client.ping(), true);
}
