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
  /** Makes it a replica of another server, and resolves once it has the data of that one; without one it is a master. */
  follow(master?: RedisServer): Promise<void>;
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
      process = await startServer([`${folder}/redis.conf`], url);
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
      }, true),
    has: (key) =>
      withClient(url, async (client) => {
        while (await client.exists(key) === 0);
      }),
    async follow(master) {
      const place = master === undefined ? ["NO", "ONE"] : ["127.0.0.1", `${master.port}`];
      await withClient(url, (client) => client.sendCommand(["REPLICAOF", ...place]));
      if (master !== undefined) await this.isReplicating();
    },
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

/** One of Redis' Sentinels, which watch a master by the name `tower`. */
export interface Sentinel extends AsyncDisposable {
  readonly port: number;
  /** Resolves once it knows of so many replicas that follow, and of so many Sentinels, itself included. */
  knows(replicas: number, sentinels: number): Promise<void>;
  /** The port of the master as it knows it. */
  masterPort(): Promise<number>;
}

/**
 * Starts a Sentinel, which has the master replaced by a replica half a second after its end, if `quorum` of them find it
 * gone.
 */
export async function startSentinel(master: RedisServer, quorum = 1): Promise<Sentinel> {
  const port = freePorts(1);
  const folder = await folderOf();
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor tower 127.0.0.1 ${master.port} ${quorum}`,
    "sentinel down-after-milliseconds tower 500",
    "sentinel failover-timeout tower 2000",
  ];
  await Deno.writeTextFile(`${folder}/sentinel.conf`, lines.join("\n"));
  const url = `redis://127.0.0.1:${port}`;
  const process = await startServer([`${folder}/sentinel.conf`, "--sentinel"], url);
  return {
    port,
    knows: (replicas, sentinels) =>
      withClient(url, async (client) => {
        const known = `status=ok,address=[^,]*,slaves=${replicas},sentinels=${sentinels}`;
        while (!new RegExp(known).test(await client.info("sentinel")));
      }),
    masterPort: () =>
      withClient(url, async (client) => {
        const address = await client.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "tower"]);
        return Number(Array.isArray(address) ? address[1] : undefined);
      }),
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Two servers and three Sentinels, which have the second take over from the first, and the first from the second. */
export interface WatchedRedis extends AsyncDisposable {
  /** `redis+sentinel://…` */
  readonly url: string;
  /** Kills whichever is the master now, and resolves once the other one is. */
  failOver(): Promise<void>;
  /** Starts the server that was killed, and resolves once it follows the other one. */
  mend(): Promise<void>;
  /** A field of each hash that the master has below a prefix, by the rest of the hash's name. */
  fields(prefix: string, field: string): Promise<ReadonlyMap<string, string>>;
}

export async function startWatchedRedis(): Promise<WatchedRedis> {
  await using stack = new AsyncDisposableStack();
  const config = ["repl-diskless-sync-delay 0"];
  const first = stack.use(await startRedis(config));
  const second = stack.use(await startRedis([...config, `replicaof 127.0.0.1 ${first.port}`]));
  await second.isReplicating();
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(first, 2)));
  for (const sentinel of sentinels) stack.use(sentinel);
  const all = () => Promise.all(sentinels.map((sentinel) => sentinel.knows(1, 3)));
  await all();
  let [master, replica] = [first, second];
  const moved = stack.move();
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(",")}/tower`,
    async failOver() {
      await master.kill();
      for (const sentinel of sentinels) while (await sentinel.masterPort() !== replica.port);
      [master, replica] = [replica, master];
    },
    async mend() {
      await replica.start();
      // The Sentinels have it follow the master, for which they cut off its clients.
      while (!await replica.isReplicating().then(() => true, () => false));
      await all();
    },
    fields: (prefix, field) =>
      withClient(master.url, async (client) => {
        const values = new Map<string, string>();
        for (const key of await client.keys(`${prefix}*`)) {
          const value = await client.hGet(key, field);
          if (value !== null) values.set(key.slice(prefix.length), value);
        }
        return values;
      }),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
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
  await withPrefix(url, async (client, prefix) => {
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
  });
}

/** Has a meeting's lease look as if it had been used so much earlier. */
export async function ageInRedis(url: string, meetingId: string, milliseconds: number): Promise<void> {
  await withPrefix(url, (client, prefix) => client.zIncrBy(`${prefix}used`, -milliseconds, meetingId));
}

async function withPrefix(
  url: string,
  work: (client: ReturnType<typeof newClient>, prefix: string) => Promise<unknown>,
): Promise<void> {
  const server = new URL(url);
  const prefix = server.searchParams.get("prefix") ?? "";
  server.search = "";
  await withClient(server.href, (client) => work(client, prefix));
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

/** Resolves once the server answers; rejects with what it printed if it ends before. */
async function startServer(args: readonly string[], url: string): Promise<Deno.ChildProcess> {
  const process = new Deno.Command("redis-server", { args: [...args], stdout: "piped", stderr: "null" })
    .spawn();
  // Read while it runs, so that it never waits for room in the pipe.
  const printed = new Response(process.stdout).text();
  const ended = process.status.then(async () => {
    throw new Error(`redis-server ended: ${await printed}`);
  });
  ended.catch(() => {});
  await Promise.race([withClient(url, (client) => client.ping(), true), ended]);
  return process;
}
