import postgres from "postgres";
import { childrenOf } from "../dev/running_up.ts";
import { freePorts } from "../free_ports.ts";

/** A PostgreSQL of this test's own, in a folder of its own. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** Its database, as `postgres` without a password. */
  readonly url: string;
  /** Ends it, `immediate` as a crash does; what was committed stays. */
  stop(how: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  /** Has a standby become a primary. */
  promote(): Promise<void>;
  /** Has all of its processes hang, as when its machine is gone. */
  freeze(): Promise<void>;
  /** Runs statements as its administrator, each in a transaction of its own. */
  administer(...statements: readonly string[]): Promise<void>;
}

export interface PostgresOptions {
  /** Further lines of its configuration. */
  readonly config?: readonly string[];
  /** Puts what the configuration names into its folder, before the first start. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Makes it a standby of this one, which it follows. */
  readonly standbyOf?: PostgresServer;
}

/** Where Debian has its programs; each version in a folder of its own. */
async function programs(): Promise<string> {
  const versions = [...Deno.readDirSync("/usr/lib/postgresql")].map(({ name }) => name).toSorted();
  return await Deno.realPath(`/usr/lib/postgresql/${versions.at(-1)}/bin`);
}

/** Starts Debian's PostgreSQL. It refuses to run as root, so it runs as its package's user then. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { config = [], prepare, standbyOf } = options;
  const port = freePorts(1);
  const bin = await programs();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-postgres-" });
  const data = `${folder}/data`;
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const run = async (program: string, args: readonly string[]) => {
    const asUser = Deno.uid() === 0
      ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
      : [];
    const [first = "", ...rest] = [...asUser, `${bin}/${program}`, ...args];
    const { success, stderr, stdout } = await new Deno.Command(first, { args: rest, cwd: folder }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
  };
  const owned = async () => {
    if (Deno.uid() !== 0) return;
    const { success } = await new Deno.Command("chown", { args: ["-R", "postgres:postgres", folder] })
      .output();
    if (!success) throw new Error(`${folder} can't be given to postgres`);
  };
  await owned();
  if (standbyOf === undefined) {
    await run("initdb", ["--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync"]);
  } else {
    const primary = ["--host=127.0.0.1", `--port=${standbyOf.port}`, "--username=postgres"];
    const how = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"];
    await run("pg_basebackup", ["--pgdata", data, ...primary, ...how]);
  }
  await prepare?.(folder);
  const lines = [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    `unix_socket_directories = '${folder}'`,
    "fsync = off",
    "shared_buffers = 32MB",
    ...config,
  ];
  await Deno.writeTextFile(`${data}/postgresql.conf`, `\n${lines.join("\n")}\n`, { append: true });
  await owned();
  let frozen: number[] = [];
  const server: PostgresServer = {
    port,
    url,
    start: () => run("pg_ctl", ["start", "--wait", "--silent", "--pgdata", data, "--log", `${folder}/log`]),
    promote: () => run("pg_ctl", ["promote", "--wait", "--silent", "--pgdata", data]),
    async freeze() {
      const [first = ""] = (await Deno.readTextFile(`${data}/postmaster.pid`)).split("\n");
      frozen = [Number(first), ...await childrenOf(Number(first), "postgres")];
      for (const pid of frozen) Deno.kill(pid, "SIGSTOP");
    },
    stop: (how) => run("pg_ctl", ["stop", "--wait", "--silent", "--pgdata", data, "--mode", how]),
    async administer(...statements) {
      const client = postgres(url, { max: 1, onnotice() {} });
      try {
        for (const statement of statements) await client.unsafe(statement);
      } finally {
        await client.end();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const pid of frozen) Deno.kill(pid, "SIGCONT");
      await server.stop("immediate").catch(() => {});
      await Deno.remove(folder, { recursive: true });
    },
  };
  await server.start();
  return server;
}
