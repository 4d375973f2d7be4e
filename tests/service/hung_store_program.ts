import { commonSettings, settings } from "../../shared/config/mod.ts";
import { createServiceScope, program } from "../../shared/service/mod.ts";
import { liveStoreHome } from "../../shared/store/live/sqlite/live_store_home.ts";
import { HungStoreActor } from "./hung_store.ts";

/** A service whose store hangs in a Worker as the live store's. `program_test.ts` runs it as a process. */
const definition = settings({ service: "example", summary: "an example" }, {
  ...commonSettings({ port: 9000, dataDir: ".data/example" }),
});

await program(definition, async ({ dataDir }, life) => {
  const path = `${dataDir}/live.db`;
  const module = new URL("./hung_store_worker.ts", import.meta.url);
  const home = { ...liveStoreHome(path), module, silenceMs: 1_000 };
  const store = createServiceScope(life).spawn(HungStoreActor, { path }, { home });
  await store.ask("hang", undefined, { timeoutMs: Infinity });
});
