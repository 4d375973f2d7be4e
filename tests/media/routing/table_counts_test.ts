import { assertEquals } from "@std/assert";
import { createMediaMetrics } from "../../../media/metrics.ts";
import { RoutingTableActor } from "../../../media/routing/routing_table.ts";
import { TelemetryAggregatorActor } from "../../../media/telemetry/telemetry_aggregator.ts";
import { SfuWorker } from "../../../media/workers/worker_messages.ts";
import { fail } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { wideBandwidth } from "../fixtures/wide_bandwidth.ts";

/** A worker that gets no meeting in this test. */
class IdleWorkerActor {
  static readonly protocol = SfuWorker;

  createRouter() {
    return fail("unavailable", "This worker takes no meeting");
  }

  describe() {
    return { pid: 0, port: 0 };
  }
}

for (const seed of [1, 2, 3]) {
  Deno.test(`table counts › counts that the telemetry had no room for are told again, seed ${seed}`, async () => {
    const kit = createTestKit(seed);
    const scope = kit.createScope();
    const metrics = createMediaMetrics();
    const telemetry = scope.spawn(TelemetryAggregatorActor, {
      metrics,
      periodMs: 60_000,
      bandwidth: wideBandwidth,
    }, { capacity: 1 });
    const table = scope.spawn(RoutingTableActor, {
      telemetry,
      maxTransports: 10,
      cpuLimits: { refuse: 1, takeAgain: 0.9 },
      orphanMs: 60_000,
      maxProducers: 1,
      maxConsumers: 1,
      maxRouterTransports: 1_000,
      pipeAddress: { ip: "127.0.0.1", ports: { min: 45_000, max: 45_999 } },
      previousTransportsMs: 60_000,
      iceLostMs: 60_000,
    });
    const worker = scope.spawn(IdleWorkerActor, undefined);
    for (let round = 0; round < 10; round++) {
      table.tell("workerRunning", { index: 0, worker });
      table.tell("workerLost", { index: 0, reason: "it died" });
    }
    table.tell("workerRunning", { index: 0, worker });
    await kit.advance(5_000);
    const shown = await metrics.registry.metrics();
    assertEquals(/^mh_worker_restarts_total (\d+)$/m.exec(shown)?.[1], "10");
    assertEquals(/^mh_workers (\d+)$/m.exec(shown)?.[1], "1");
    await kit.finish(scope.close());
  });
}
