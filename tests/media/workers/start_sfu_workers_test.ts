import { assertRejects } from "@std/assert";
import { startSfuWorkers } from "../../../media/workers/start_sfu_workers.ts";
import { StartError } from "../../../shared/service/mod.ts";
import { freePorts } from "../../free_ports.ts";
import { startHandler } from "../fixtures/handler.ts";
import { workerFile } from "../fixtures/worker_file.ts";

Deno.test("SFU workers › none starts without a routing table", async () => {
  await using handler = await startHandler();
  await handler.scope.stopChild(handler.table);
  const settings = {
    workerFile: await workerFile(),
    host: "127.0.0.1",
    publicHost: "127.0.0.1",
    rtcPort: freePorts(1),
    sfuWorkers: 1,
    workerSilenceMs: 5_000,
  };
  const life = { stopping: new AbortController().signal, fail: () => {} };
  await assertRejects(() => startSfuWorkers(settings, handler.table, life), StartError, "ports");
});
