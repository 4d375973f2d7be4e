import type { Row } from "../bench/row.ts";
import { besiege, type SiegeReport, type Wave } from "../chaos/siege/besiege.ts";

/** How often the besiegers come, and for how long. After each wave it is waited until their connections are closed. */
const WAVES = Number(Deno.env.get("SOAK_DOORS_WAVES") ?? 3);
const SECONDS = Number(Deno.env.get("SOAK_DOORS_SECONDS") ?? 1_200);
const QUIET_SECONDS = 30;
/**
 * What a process keeps of its memory after the first wave is its allocators' (V8's heap, the C library's), which give
 * little back. The same again must fit into it: a later wave may add this share.
 */
const MOST_GROWTH = 1.15;

/** Waves of hostile guests and strangers, against four meetings of two people in browsers and three signaling clients each. */
export async function run(tell: (row: Row) => void): Promise<void> {
  const waveMs = SECONDS * 1_000;
  const report = await besiege({
    quietMs: QUIET_SECONDS * 1_000,
    waves: WAVES,
    waveMs,
    meetings: 4,
    calls: 4,
    people: 3,
    readMs: QUIET_SECONDS * 1_000,
  });
  const { wrong, made, quiet, waves, logKiB } = report;
  for (const line of wrong) tell({ name: line, value: 1, unit: "", met: false });
  tell({
    name: `what was wrong in ${WAVES} sieges of ${SECONDS} s`,
    value: wrong.length,
    unit: "",
    target: 0,
    lower_is_better: true,
  });
  for (const [name, times] of made) tell({ name, value: times, unit: "times" });
  tell({ name: "pings in peace, p50", value: quiet.p50Ms, unit: "ms" });
  tell({ name: "pings in peace, p99", value: quiet.p99Ms, unit: "ms" });
  tell({ name: "of that, the pinging process's own lateness, p99", value: quiet.own.p99Ms, unit: "ms" });
  for (const [index, wave] of waves.entries()) tellPings(tell, index + 1, wave, report);
  tell({ name: "written to the logs under siege", value: logKiB, unit: "KiB" });
  for (const service of report.before.keys()) tellUse(tell, service, report);
}

function tellPings(
  tell: (row: Row) => void,
  wave: number,
  { pings, besiegersCpuSeconds, shardDelayP99Ms }: Wave,
  report: SiegeReport,
) {
  const { quiet } = report;
  tell({
    name: `pings in wave ${wave} (${pings.count}), p50`,
    value: pings.p50Ms,
    unit: "ms",
    peer: "in peace",
    ratio: pings.p50Ms / quiet.p50Ms,
  });
  tell({
    name: `pings in wave ${wave}, p99`,
    value: pings.p99Ms,
    unit: "ms",
    target: 100,
    lower_is_better: true,
    peer: "in peace",
    ratio: pings.p99Ms / quiet.p99Ms,
  });
  tell({ name: "of that, the pinging process's own lateness, p99", value: pings.own.p99Ms, unit: "ms" });
  tell({
    name: "beside it, 99 % of the shard's turns were late by less than",
    value: shardDelayP99Ms,
    unit: "ms",
  });
  tell({ name: "the besiegers' own time of the cores", value: besiegersCpuSeconds, unit: "s" });
}

function tellUse(tell: (row: Row) => void, service: string, { before, waves }: SiegeReport): void {
  const had = before.get(service);
  const first = waves[0]?.after.get(service);
  if (had === undefined || first === undefined) return;
  tell({ name: `${service}: descriptors before`, value: had.descriptors, unit: "" });
  tell({ name: `${service}: memory before`, value: had.memoryMiB, unit: "MiB" });
  for (const [index, { worst, after }] of waves.entries()) {
    const [most, now] = [worst.get(service), after.get(service)];
    if (most === undefined || now === undefined) continue;
    const wave = `${service}, wave ${index + 1}`;
    tell({ name: `${wave}: descriptors at most`, value: most.descriptors, unit: "" });
    tell({
      name: `${wave}: descriptors after`,
      value: now.descriptors,
      unit: "",
      target: had.descriptors + 10,
      lower_is_better: true,
    });
    tell({ name: `${wave}: memory at most`, value: most.memoryMiB, unit: "MiB" });
    tell({
      name: `${wave}: memory after`,
      value: now.memoryMiB,
      unit: "MiB",
      ...(index === 0 ? {} : { target: MOST_GROWTH * first.memoryMiB, lower_is_better: true }),
    });
  }
}
