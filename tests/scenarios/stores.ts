import { createPostgresDatabase, databaseKinds } from "../store/databases.ts";
import { emptyRedis, testRedisUrl } from "../store/live/redis_server.ts";

/** The stores that a deployment keeps everything in. */
export interface Stores extends AsyncDisposable {
  readonly databaseUrl?: string;
  readonly liveStoreUrl?: string;
}

export interface StoresKind {
  readonly name: string;
  /** Whether this machine has none of this kind. */
  readonly missing: boolean;
  /** Empty ones of a test's own. */
  create(): Promise<Stores>;
}

/**
 * The kinds of stores that the scenarios run on: files, and PostgreSQL with Redis. With `DT_DATABASE_URL` and
 * `DT_LIVE_STORE_URL` set it is those alone, as they are.
 */
export async function storesKinds(): Promise<readonly StoresKind[]> {
  const databaseUrl = Deno.env.get("DT_DATABASE_URL");
  const liveStoreUrl = Deno.env.get("DT_LIVE_STORE_URL");
  if (databaseUrl !== undefined || liveStoreUrl !== undefined) {
    const given = {
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      ...(liveStoreUrl === undefined ? {} : { liveStoreUrl }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return [{ name: "the given stores", missing: false, create: () => Promise.resolve(given) }];
  }
  const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");
  return [
    {
      name: "SQLite",
      missing: false,
      create: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
    },
    { name: "PostgreSQL and Redis", missing: postgres?.missing ?? true, create: ofServers },
  ];
}

async function ofServers(): Promise<Stores> {
  const database = await createPostgresDatabase();
  const live = new URL(await testRedisUrl());
  live.searchParams.set("prefix", `test:${crypto.randomUUID()}:`);
  return {
    databaseUrl: database.url,
    liveStoreUrl: live.href,
    async [Symbol.asyncDispose]() {
      await emptyRedis(live.href);
      await database[Symbol.asyncDispose]();
    },
  };
}
