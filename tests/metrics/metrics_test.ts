import { assertEquals, assertMatch } from "@std/assert";
import { addProcessMetrics, createMetrics, renderMetrics } from "../../shared/metrics/mod.ts";

Deno.test("metrics › counters, gauges and durations come out under their service's prefix", async () => {
  const metrics = createMetrics("ac");
  metrics.counter("logins_total", "Logins.", ["result"]).add({ result: "ok" }, 2);
  metrics.histogram("token_duration_seconds", "Time to a token.").observe({}, 0.003);
  const depth = new Map([["a", 1], ["b", 2]]);
  metrics.gauge("depth", "Depth.", ["queue"]).collect(() =>
    [...depth].map(([queue, value]) => [{ queue }, value] as const)
  );
  const first = await (await renderMetrics(metrics.registry)).text();
  assertMatch(first, /^ac_logins_total\{result="ok"\} 2$/m);
  assertMatch(first, /^ac_token_duration_seconds_bucket\{le="0.005"\} 1$/m);
  assertMatch(first, /^ac_depth\{queue="b"\} 2$/m);
  depth.delete("b");
  const second = await (await renderMetrics(metrics.registry)).text();
  assertEquals(second.includes('queue="b"'), false);
});

Deno.test("metrics › the process's memory is not zero", async () => {
  const { registry } = createMetrics("ac");
  addProcessMetrics(registry, new Date(1_700_000_000_000));
  const answer = await renderMetrics(registry);
  assertMatch(answer.headers.get("content-type") ?? "", /^text\/plain/);
  const text = await answer.text();
  assertMatch(text, /^process_resident_memory_bytes [1-9]\d{5,}$/m);
  assertMatch(text, /^process_start_time_seconds 1700000000$/m);
});
