import { assert, assertEquals } from "@std/assert";
import { createAuthMetrics } from "../../auth/metrics.ts";
import { globalMetrics } from "../../global/metrics.ts";
import { createMediaMetrics } from "../../media/metrics.ts";
import { controllerMetrics } from "../../meeting/shard/controller_metrics.ts";
import { noLoad } from "../../meeting/shard/load_counts.ts";
import { shardMetrics } from "../../meeting/metrics.ts";
import { runCommand } from "../../shared/dev/run_command.ts";

const deploy = new URL("../../deploy/", import.meta.url).pathname;

/** The names of all series that the four services export. */
async function exportedNames(): Promise<Set<string>> {
  const texts = await Promise.all([
    createAuthMetrics(Date.now).registry.metrics(),
    globalMetrics(new Date()).registry.metrics(),
    shardMetrics().registry.metrics(),
    controllerMetrics([], () => Promise.resolve(noLoad), new Date()).metrics(),
    createMediaMetrics().registry.metrics(),
  ]);
  const names = new Set<string>();
  for (const [, name = "", kind] of texts.join("\n").matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const parts = kind === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    for (const part of parts) names.add(name + part);
  }
  return names;
}

/** The series that a PromQL expression names. */
function seriesIn(expression: string): string[] {
  return expression.match(/\b(ac|gc|mc|mh|actor)_\w+/g) ?? [];
}

async function assertExported(series: readonly string[]): Promise<void> {
  const known = await exportedNames();
  assert(series.length > 10, `only ${series.length} series`);
  assertEquals([...new Set(series)].filter((name) => !known.has(name)), []);
}

Deno.test("monitoring › the rules name only what the services export, and Prometheus takes them", async () => {
  const file = `${deploy}prometheus/rules.yaml`;
  const text = await Deno.readTextFile(file);
  await assertExported(
    [...text.matchAll(/expr: (.*)/g)].flatMap(([, expression = ""]) => seriesIn(expression)),
  );
  const { success, lines } = await runCommand("promtool", { args: ["check", "rules", file] });
  assert(success, lines.join("\n"));
});

Deno.test("monitoring › the dashboard names only what the services export", async () => {
  const { panels } = JSON.parse(await Deno.readTextFile(`${deploy}grafana/dashboard.json`));
  const expressions: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr)
  );
  await assertExported(expressions.flatMap(seriesIn));
  // Prometheus reads each expression as that of a rule.
  const rules = expressions.map((expr, n) => ({ record: `dashboard_${n}`, expr }));
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  const { success, lines } = await runCommand("promtool", { args: ["check", "rules", file] });
  await Deno.remove(file);
  assert(success, lines.join("\n"));
});

Deno.test("monitoring › the operator's guide explains each alert", async () => {
  const rules = await Deno.readTextFile(`${deploy}prometheus/rules.yaml`);
  const guide = await Deno.readTextFile(new URL("../../docs/operating.md", import.meta.url));
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  assertEquals(alerts.filter((name) => !guide.includes(`\`${name}\``)), []);
});
