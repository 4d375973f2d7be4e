import { Gauge } from "prom-client";
import { isolateRuntime } from "../actor/mod.ts";
import { addActorMetrics } from "./actor_metrics.ts";
import type { Registry } from "prom-client";

/**
 * Adds the process's memory, start time and actors. Prometheus' own names are used; the values come from Deno, because
 * what prom-client reads by itself needs files that a service may not open.
 */
export function addProcessMetrics(registry: Registry, startedAt: Date): void {
  addActorMetrics(registry, isolateRuntime);
  const registers = [registry];
  const memory: [name: string, help: string, read: () => number][] = [
    ["process_resident_memory_bytes", "Resident memory size in bytes.", () => Deno.memoryUsage().rss],
    [
      "process_heap_bytes",
      "Used JavaScript heap of the main isolate in bytes.",
      () => Deno.memoryUsage().heapUsed,
    ],
    [
      "process_heap_total_bytes",
      "JavaScript heap of the main isolate in bytes.",
      () => Deno.memoryUsage().heapTotal,
    ],
    [
      "process_external_memory_bytes",
      "Memory of buffers outside the heap.",
      () => Deno.memoryUsage().external,
    ],
    [
      "process_start_time_seconds",
      "Start time since the Unix epoch in seconds.",
      () => startedAt.getTime() / 1000,
    ],
  ];
  for (const [name, help, read] of memory) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}
