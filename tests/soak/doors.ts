import type { Row } from "../bench/row.ts";
import { besiege } from "../chaos/siege/besiege.ts";

/** How long the siege lasts. */
const SECONDS = Number(Deno.env.get("SOAK_DOORS_SECONDS") ?? 3_600);
const QUIET_SECONDS = 30;
const MOST_MEMORY_MIB = 128;

/** An hour's worth of hostile guests and strangers, against four meetings: one of browsers, three of signaling clients. */
export async function run(tell: (row: Row) => void): Promise<void> {
  const siegeMs = SECONDS * 1_000;
  const report = await besiege({ quietMs: QUIET_SECONDS * 1_000, siegeMs, meetings: 3, people: 4 });
  const { wrong, made, quiet, siege, before, worst, after, logKiB } = report;
  for (const line of wrong) tell({ name: line, value: 1, unit: "", met: false });
  tell({
    name: `what was wrong in ${SECONDS} s of siege`,
    value: wrong.length,
    unit: "",
    target: 0,
    lower_is_better: true,
  });
  for (const [name, times] of made) tell({ name, value: times, unit: "times" });
  tell({ name: "pings in peace, p50", value: quiet.p50Ms, unit: "ms" });
  tell({ name: "pings in peace, p99", value: quiet.p99Ms, unit: "ms" });
  tell({
    name: `pings under siege (${siege.count}), p50`,
    value: siege.p50Ms,
    unit: "ms",
    peer: "in peace",
    ratio: siege.p50Ms / quiet.p50Ms,
  });
  tell({
    name: "pings under siege, p99",
    value: siege.p99Ms,
    unit: "ms",
    target: 100,
    lower_is_better: true,
    peer: "in peace",
    ratio: siege.p99Ms / quiet.p99Ms,
  });
  tell({ name: "written to the logs under siege", value: logKiB, unit: "KiB" });
  for (const [service, { descriptors, memoryMiB }] of before) {
    const [most, now] = [worst.get(service), after.get(service)];
    if (most === undefined || now === undefined) continue;
    tell({ name: `${service}: descriptors before`, value: descriptors, unit: "" });
    tell({ name: `${service}: at most`, value: most.descriptors, unit: "" });
    tell({
      name: `${service}: after`,
      value: now.descriptors,
      unit: "",
      target: descriptors + 10,
      lower_is_better: true,
    });
    tell({ name: `${service}: memory before`, value: memoryMiB, unit: "MiB" });
    tell({ name: `${service}: at most`, value: most.memoryMiB, unit: "MiB" });
    tell({
      name: `${service}: after`,
      value: now.memoryMiB,
      unit: "MiB",
      target: memoryMiB + MOST_MEMORY_MIB,
      lower_is_better: true,
    });
  }
}
