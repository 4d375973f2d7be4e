import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { type LiveStore, openLiveStore, startLiveStore } from "../../../shared/store/live/mod.ts";
import { ageInRedis, emptyRedis, testRedisUrl } from "./redis_server.ts";

/** An implementation of the live store. Each has to pass all tests of this folder that run over the kinds. */
export interface LiveStoreKind {
  readonly name: string;
  /** An empty live store of its own. */
  create(): Promise<TestLiveStore>;
}

export interface TestLiveStore extends AsyncDisposable {
  /** The ports of one more process of the deployment. */
  another(): Promise<LiveStore>;
  /** Has a meeting's lease look as if it had been used so much earlier. */
  age(meetingId: string, milliseconds: number): Promise<void>;
  /** Deletes everything, as if the store had been lost. */
  empty(): Promise<void>;
}

export const liveStoreKinds: readonly LiveStoreKind[] = [
  { name: "SQLite", create: createSqlite },
  { name: "Redis", create: createRedis },
];

async function createSqlite(): Promise<TestLiveStore> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  const location = { kind: "sqlite", path: `${folder}/live.db` } as const;
  const scope = createScope();
  return {
    async another() {
      const live = startLiveStore(scope, location);
      // A Worker's start may take long on a busy machine.
      valueOf(await live.registrations.ask("controllers", undefined, { timeoutMs: 60_000 }));
      return live;
    },
    async age(meetingId, milliseconds) {
      await using file = await openLiveStore(location.path);
      await file.queries.updateTable("leases").set((eb) => ({ used_ms: eb("used_ms", "-", milliseconds) }))
        .where("meeting_id", "=", meetingId).execute();
    },
    async empty() {
      await using file = await openLiveStore(location.path);
      for (
        const table of [
          "leases",
          "released_leases",
          "snapshots",
          "chat",
          "ended_meetings",
          "processes",
          "replaced_instances",
          "revocations",
        ] as const
      ) {
        await file.queries.deleteFrom(table).execute();
      }
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function createRedis(): Promise<TestLiveStore> {
  const url = new URL(await testRedisUrl());
  url.searchParams.set("prefix", `test:${crypto.randomUUID()}:`);
  const scope = createScope();
  return {
    another() {
      // The samples are older than this store.
      return Promise.resolve(startLiveStore(scope, { kind: "redis", url: url.href, settlingMs: 0 }));
    },
    age: (meetingId, milliseconds) => ageInRedis(url.href, meetingId, milliseconds),
    empty: () => emptyRedis(url.href),
    async [Symbol.asyncDispose]() {
      await scope.close();
      await emptyRedis(url.href);
    },
  };
}
