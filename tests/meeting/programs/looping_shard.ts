/** A controller's process with a shard whose thread hangs for good, and so keeps the shard's port. */
import { commonSettings, settings } from "../../../shared/config/mod.ts";
import { program } from "../../../shared/service/mod.ts";
import { startShard } from "../support/shard.ts";

// Ends the process with the test that waits for it, so that no loop outlives the test.
setTimeout(() => Deno.exit(9), 60_000);
const definition = settings({ service: "example", summary: "an example" }, {
  ...commonSettings({ port: 9000, dataDir: ".data/example" }),
});

await program(definition, async (_, { stack }) => {
  const shard = stack.use(await startShard({ hungAfterMs: 1_000, hangsForGood: true }));
  shard.ref.tell("hold", undefined);
});
