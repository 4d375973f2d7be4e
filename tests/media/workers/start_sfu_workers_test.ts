import { assertRejects } from "@std/assert";
import { startSfuWorkers } from "../../../media/workers/start_sfu_workers.ts";
import { createRuntime } from "../../../shared/actor/mod.ts";
import { StartError } from "../../../shared/service/mod.ts";
import { freePorts } from "../../free_ports.ts";
import { manualClock } from "../../manual_clock.ts";
import { type Handler, startHandler } from "../fixtures/handler.ts";
import { workerFile } from "../fixtures/worker_file.ts";

const settings = async () => ({
  workerFile: await workerFile(),
  host: "127.0.0.1",
  publicHost: "127.0.0.1",
  rtcPort: freePorts(1),
  sfuWorkers: 1,
  workerSilenceMs: 5_000,
});
const life = { stopping: new AbortController().signal, fail: () => {} };

function test(name: string, body: (handler: Handler) => Promise<void>): void {
  Deno.test(`SFU workers › ${name}`, async () => {
    await using handler = await startHandler({ workers: 0 });
    await body(handler);
  });
}

test("none starts without a routing table", async ({ scope, table }) => {
  await scope.stopChild(table);
  await assertRejects(async () => startSfuWorkers(await settings(), table, life), StartError, "ports");
});

test("a taken media port is the reason also when the time is up before the last try", async ({ table }) => {
  const clock = manualClock();
  const runtime = createRuntime({ clock });
  const plan = await settings();
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: plan.rtcPort });
  // The first try has failed; the others are still to come.
  runtime.observe({ crashed: () => queueMicrotask(() => clock.advance(15_000)) });
  await assertRejects(() => startSfuWorkers(plan, table, life, runtime), StartError, "in use");
});
