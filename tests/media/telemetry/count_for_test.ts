import { assertEquals } from "@std/assert";
import { createMediaMetrics } from "../../../media/metrics.ts";
import { countFor } from "../../../media/telemetry/count_for.ts";
import { TelemetryAggregatorActor } from "../../../media/telemetry/telemetry_aggregator.ts";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { wideBandwidth } from "../fixtures/wide_bandwidth.ts";

Deno.test("totals › an amount that finds no room goes with the next one", async () => {
  await using scope = createScope();
  const metrics = createMediaMetrics();
  const telemetry = scope.spawn(TelemetryAggregatorActor, {
    metrics,
    periodMs: 60_000,
    bandwidth: wideBandwidth,
  }, { capacity: 1 });
  const count = countFor(telemetry, "reportsDropped");
  const total = async () => {
    valueOf(await telemetry.ask("read", undefined));
    return /^mh_reports_dropped_total (\d+)$/m.exec(await metrics.registry.metrics())?.[1];
  };
  valueOf(await telemetry.ask("read", undefined));
  assertEquals(telemetry.tell("reportsDropped", { count: 1 }), "accepted");
  // The telemetry has not handled that message yet: its mailbox is full.
  count(2);
  count(3);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await total(), "1");
  count(0);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await total(), "6");
  count(0);
  assertEquals(await total(), "6");
});
