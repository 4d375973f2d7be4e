import postgres from "postgres";
import type { DatabaseLocation } from "../../shared/store/mod.ts";

/** A kind of database that tests run on. */
export interface DatabaseKind {
  readonly name: "SQLite" | "PostgreSQL";
  /** Whether this machine has none of this kind. */
  readonly missing: boolean;
  /** An empty database of its own. */
  create(): Promise<TestDatabase>;
}

export interface TestDatabase extends AsyncDisposable {
  readonly location: DatabaseLocation;
}

const url = Deno.env.get("DT_TEST_POSTGRES_URL") ?? "postgres://postgres@127.0.0.1:5432/test";

/** Both kinds of database. Without a PostgreSQL its tests are ignored with a message; in CI they fail. */
export async function databaseKinds(): Promise<readonly DatabaseKind[]> {
  const { hostname, port } = new URL(url);
  const why = await unreachable(hostname, Number(port || 5432));
  const isCi = Deno.env.get("CI") !== undefined;
  if (why !== undefined && !isCi) {
    await Deno.stdout.write(new TextEncoder().encode(`tests on PostgreSQL are skipped: ${why}\n`));
  }
  return [
    { name: "SQLite", missing: false, create: createSqlite },
    { name: "PostgreSQL", missing: why !== undefined && !isCi, create: createPostgres },
  ];
}

async function unreachable(hostname: string, port: number): Promise<string | undefined> {
  try {
    (await Deno.connect({ hostname, port })).close();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no answer";
    return `${hostname}:${port} (DT_TEST_POSTGRES_URL) does not answer: ${reason}`;
  }
}

async function createSqlite(): Promise<TestDatabase> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-store-" });
  return {
    location: { kind: "sqlite", path: `${folder}/a.db` },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** A new schema on the server, so that concurrent tests don't share tables. */
async function createPostgres(): Promise<TestDatabase> {
  const schema = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer((server) => server`CREATE SCHEMA ${server(schema)}`);
  const own = new URL(url);
  own.searchParams.set("search_path", schema);
  return {
    location: { kind: "postgres", url: own.href },
    [Symbol.asyncDispose]: () => administer((server) => server`DROP SCHEMA ${server(schema)} CASCADE`),
  };
}

/** A database of its own on the PostgreSQL server, for several services that share one; answers its URL. */
export async function createPostgresDatabase(): Promise<{ readonly url: string } & AsyncDisposable> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer((server) => server`CREATE DATABASE ${server(name)}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    [Symbol.asyncDispose]: () => administer((server) => server`DROP DATABASE ${server(name)} WITH (FORCE)`),
  };
}

async function administer(work: (server: postgres.Sql) => Promise<unknown>): Promise<void> {
  const server = postgres(url, { max: 1, onnotice() {} });
  try {
    await work(server);
  } finally {
    await server.end();
  }
}
