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
    [...text.matchAll(/expr: (>-\n(?: {10}.*\n)+|.*)/g)].flatMap(([, expression = ""]) =>
      seriesIn(expression)
    ),
  );
  const { success, lines } = await runCommand("promtool", { args: ["check", "rules", file] });
  assert(success, lines.join("\n"));
});

/** A series of which a minute's sample follows another, in promtool's notation. */
interface Series {
  readonly series: string;
  readonly values: string;
}

const DAY_S = 86_400;
const requests = (route: string, status: string, perMinute: number): Series => ({
  series: `gc_requests_total{route="${route}",method="GET",status="${status}"}`,
  values: `0+${perMinute}x30`,
});
const key = (ageS: number, termS: number): readonly Series[] => [
  { series: "ac_signing_key_age_seconds", values: `${ageS}+0x30` },
  { series: "ac_signing_key_term_seconds", values: `${termS}+0x30` },
];

const situations: readonly { when: string; alert: string; series: readonly Series[]; fires: boolean }[] = [
  { when: "GC is down", alert: "NoMeetingController", series: [], fires: true },
  { when: "GC is down", alert: "NoMediaHandler", series: [], fires: true },
  { when: "AC is down", alert: "SigningKeyOld", series: [], fires: true },
  {
    when: "a handler is ready",
    alert: "NoMediaHandler",
    series: [{ series: 'gc_handlers{state="ready"}', values: "1+0x30" }],
    fires: false,
  },
  {
    when: "every tenth request of a user fails between many probes",
    alert: "RequestsFail",
    series: [
      requests("/api/v1/meetings", "200", 9),
      requests("/api/v1/meetings", "503", 1),
      ...["/health", "/metrics", "/api/v1/internal/meeting-controllers"].map((route) =>
        requests(route, "200", 1_000)
      ),
    ],
    fires: true,
  },
  {
    when: "only probes and services' requests fail",
    alert: "RequestsFail",
    series: [
      requests("/api/v1/meetings", "200", 10),
      requests("/ready", "503", 10),
      requests("/api/v1/internal/media-handlers", "503", 10),
    ],
    fires: false,
  },
  {
    when: "keys last for a month",
    alert: "SigningKeyOld",
    series: key(20 * DAY_S, 30 * DAY_S),
    fires: false,
  },
  { when: "keys last for a day", alert: "SigningKeyOld", series: key(3 * DAY_S, DAY_S), fires: true },
];
for (const { when, alert, series, fires } of situations) {
  Deno.test(`monitoring › ${alert} ${fires ? "fires" : "is silent"} when ${when}`, async () => {
    const folder = await Deno.makeTempDir();
    const expected = { exp_samples: fires ? [{ labels: "{}", value: 1 }] : [] };
    const name = `ALERTS{alertname="${alert}",alertstate="firing"}`;
    await Deno.writeTextFile(
      `${folder}/test.yaml`,
      JSON.stringify({
        rule_files: [`${deploy}prometheus/rules.yaml`],
        evaluation_interval: "1m",
        tests: [{
          interval: "1m",
          input_series: series,
          promql_expr_test: [{ expr: `sum(${name})`, eval_time: "20m", ...expected }],
        }],
      }),
    );
    const { success, lines } = await runCommand("promtool", {
      args: ["test", "rules", `${folder}/test.yaml`],
    });
    await Deno.remove(folder, { recursive: true });
    assert(success, lines.join("\n"));
  });
}

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
