import { assert, assertEquals } from "@std/assert";
import { readUse, type UseReading } from "../../../media/workers/worker_use.ts";

const counters = (cpuMs: number) => ({ ru_utime: cpuMs, ru_stime: 0, ru_maxrss: 2 });

Deno.test("use of an SFU worker › the load follows the CPU time within some seconds", () => {
  let reading: UseReading = readUse(counters(500), 0, undefined);
  assertEquals([reading.cpu, reading.peakMemoryBytes], [0, 2_048]);
  for (let second = 1; second <= 3; second++) {
    reading = readUse(counters(500 + 900 * second), 1_000 * second, reading);
  }
  assert(reading.cpu > 0.55 && reading.cpu < 0.6, `${reading.cpu}`);
  for (let second = 4; second <= 20; second++) {
    reading = readUse(counters(500 + 900 * second), 1_000 * second, reading);
  }
  assert(Math.abs(reading.cpu - 0.9) < 0.01, `${reading.cpu}`);
  // One long pause between two readings weighs as much as the many short ones.
  const after = readUse(counters(reading.cpuMs), reading.atMs + 30_000, reading);
  assert(after.cpu < 0.01, `${after.cpu}`);
});
