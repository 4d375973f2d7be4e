/** `deno task test [--quick] [FILTER]`: set-up, format, lint, types and every test; ends at the first red stage. */
import { formatDuration } from "../format_duration.ts";
import { complain, say } from "../say.ts";
import { chromiumFile } from "../setup/chromium.ts";
import { workerFile } from "../setup/mediasoup_worker.ts";
import { setUp } from "../setup/set_up.ts";
import { runStage } from "./run_stage.ts";
import type { Stage } from "./stage.ts";
import { testFiles } from "./test_files.ts";
import { testStage } from "./test_stage.ts";

const HELP = `usage: deno task test [--quick] [FILTER]

--quick   leaves out the tests with a browser, the chaos and the load tests
FILTER    runs only the test files whose path contains it, and no other stage
`;

const CHECKS: readonly Stage[] = [
  { name: "format", args: ["fmt", "--check"], tests: false },
  { name: "lint", args: ["lint", "--quiet"], tests: false },
  { name: "types", args: ["check", "--quiet", "."], tests: false },
];

async function main(): Promise<number> {
  const quick = Deno.args.includes("--quick");
  const [filter, ...more] = Deno.args.filter((arg) => arg !== "--quick");
  if (filter?.startsWith("-") || more.length > 0) {
    say(HELP);
    return filter === "--help" ? 0 : 2;
  }
  const total = { passed: 0, failed: 0 };
  const code = await runAll(quick, filter, total);
  say(`${total.passed} passed, ${total.failed} failed\n`);
  return code;
}

async function runAll(
  quick: boolean,
  filter: string | undefined,
  total: { passed: number; failed: number },
): Promise<number> {
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop.abort());
  const files = select(await testFiles(root, quick), filter);
  const slow = [...files.keys()].some((name) => name !== "tests");
  const failure = await setUp(root, slow ? "tests" : "quick_tests", stop.signal);
  if (failure !== undefined) {
    complain(`test: ${failure.line}\n`);
    return 1;
  }
  const tests = [...files].map(([name, paths]) => testStage(name, paths));
  if (tests.length === 0) {
    complain(`test: no test file has "${filter}" in its path\n`);
    return 1;
  }
  const env = {
    MEDIASOUP_WORKER_BIN: await workerFile(root) ?? "",
    DT_CHROMIUM: chromiumFile((name) => Deno.env.get(name)),
    ...Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" },
  };
  for (const stage of filter === undefined ? [...CHECKS, ...tests] : tests) {
    say(`\n── ${stage.name}\n`);
    const startedAt = performance.now();
    const { success, counts } = await runStage(stage, { root, env, signal: stop.signal, write: say });
    total.passed += counts.passed;
    total.failed += counts.failed;
    const took = formatDuration(performance.now() - startedAt);
    say(`── ${stage.name}: ${success ? "ok" : "failed"} (${took})\n`);
    if (!success || stop.signal.aborted) return 1;
  }
  return 0;
}

function select(
  files: ReadonlyMap<string, readonly string[]>,
  filter: string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const wanted = [...files].map(([name, paths]): [string, readonly string[]] => [
    name,
    paths.filter((path) => filter === undefined || path.includes(filter)),
  ]);
  return new Map(wanted.filter(([, paths]) => paths.length > 0));
}

Deno.exit(await main());
