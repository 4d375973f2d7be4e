import { commonSettings, settings } from "../../shared/config/mod.ts";
import { program } from "../../shared/service/mod.ts";
import { createScope, inWorker } from "../../shared/actor/mod.ts";
import { CounterActor } from "../actor/fixtures/counter.ts";

/** A service with a Worker in an endless loop. `program_test.ts` runs it as a process. */
const definition = settings({ service: "example", summary: "an example" }, {
  ...commonSettings({ port: 9000, dataDir: ".data/example" }),
});

await program(definition, async (_, { stack }) => {
  const scope = stack.use(createScope());
  const home = inWorker(new URL("../actor/fixtures/counter_worker.ts", import.meta.url), { graceMs: 20 });
  const counter = scope.spawn(CounterActor, { start: 0 }, { home });
  await counter.ask("total", undefined);
  await counter.ask("spin", undefined, { timeoutMs: 20 });
});
