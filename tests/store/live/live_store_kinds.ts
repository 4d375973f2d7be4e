import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { type LiveStore, startLiveStore } from "../../../shared/store/live/mod.ts";

/** An implementation of the live store. Each has to pass all tests of this folder that run over the kinds. */
export interface LiveStoreKind {
  readonly name: string;
  /** An empty live store of its own. */
  create(): Promise<TestLiveStore>;
}

export interface TestLiveStore extends AsyncDisposable {
  /** The ports of one more process of the deployment. */
  another(): Promise<LiveStore>;
}

export const liveStoreKinds: readonly LiveStoreKind[] = [{ name: "SQLite", create: createSqlite }];

async function createSqlite(): Promise<TestLiveStore> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  const scope = createScope();
  return {
    async another() {
      const live = startLiveStore(scope, `${folder}/live.db`);
      // A Worker's start may take long on a busy machine.
      valueOf(await live.registrations.ask("controllers", undefined, { timeoutMs: 60_000 }));
      return live;
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
