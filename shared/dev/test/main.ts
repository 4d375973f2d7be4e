/** `deno task test [--quick] [--filter TEXT] [PATH]`: set-up, format, lint, types and every test; ends at the first red stage. */
import { formatDuration } from "../format_duration.ts";
import { complain, say } from "../say.ts";
import { testProgramVariables } from "../setup/test_programs.ts";
import { workerFile } from "../setup/mediasoup_worker.ts";
import { setUp } from "../setup/set_up.ts";
import { runStage, type StageOptions } from "./run_stage.ts";
import { runTests } from "./run_tests.ts";
import type { Stage } from "./stage.ts";
import { HELP, parseTestCommand, type TestCommand } from "./test_command.ts";
import { needsTestPrograms, testFiles } from "./test_files.ts";

/** They write nothing that another one reads, and each leaves cores idle. */
const CHECKS: readonly Stage[] = [
  { name: "format", args: ["fmt", "--check"], tests: false },
  { name: "lint", args: ["lint", "--quiet"], tests: false },
  { name: "types", args: ["check", "--quiet", "."], tests: false },
];

async function main(): Promise<number> {
  const command = parseTestCommand(Deno.args);
  if (command === "help") {
    say(HELP);
    return 0;
  }
  if ("wrong" in command) {
    complain(`test: ${command.wrong}\n${HELP}`);
    return 2;
  }
  const total = { passed: 0, failed: 0, flaky: 0 };
  const code = await runAll(command, total);
  if (total.flaky > 0) say(`${total.flaky} passed only at the second try\n`);
  say(`${total.passed} passed, ${total.failed} failed\n`);
  if (code !== 0 || command.name === undefined || total.passed > 0) return code;
  complain(`test: no test has "${command.name}" in its name\n`);
  return 1;
}

async function runAll(
  { quick, path, name }: TestCommand,
  total: { passed: number; failed: number; flaky: number },
): Promise<number> {
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop.abort());
  const files = select(await testFiles(root, quick), path);
  const slow = [...files.keys()].some(needsTestPrograms);
  // A single test is run again and again while one works on it.
  const failure = name === undefined
    ? await setUp(root, slow ? "tests" : "quick_tests", stop.signal)
    : undefined;
  if (failure !== undefined) {
    complain(`test: ${failure.line}\n`);
    return 1;
  }
  if (files.size === 0) {
    complain(`test: no ${quick ? "quick " : ""}test file has "${path}" in its path\n`);
    return 1;
  }
  const env = {
    MEDIASOUP_WORKER_BIN: await workerFile(root) ?? "",
    ...testProgramVariables((name) => Deno.env.get(name)),
    ...Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" },
  };
  const options = { root, env, signal: stop.signal };
  if (path === undefined && name === undefined && !await runChecks(options)) return 1;
  for (const [stage, paths] of files) {
    say(`\n── ${stage}\n`);
    const startedAt = performance.now();
    const { success, counts, flaky } = await runTests(stage, paths, name, { ...options, write: say });
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.flaky += flaky;
    say(outcome(stage, success, startedAt, flaky > 0 ? `, ${flaky} passed only at the second try` : ""));
    if (!success || stop.signal.aborted) return 1;
  }
  return 0;
}

/** What each writes is said when it has ended, so that it stands together. */
async function runChecks(options: Omit<StageOptions, "write">): Promise<boolean> {
  say(`\n── ${CHECKS.map(({ name }) => name).join(", ")}\n`);
  const outcomes = await Promise.all(CHECKS.map(async (check) => {
    const startedAt = performance.now();
    const written: string[] = [];
    const { success } = await runStage(check, { ...options, write: (text) => void written.push(text) });
    say(written.join("") + outcome(check.name, success, startedAt));
    return success;
  }));
  return outcomes.every(Boolean) && !options.signal.aborted;
}

function outcome(name: string, success: boolean, startedAt: number, more = ""): string {
  return `── ${name}: ${success ? "ok" : "failed"} (${
    formatDuration(performance.now() - startedAt)
  })${more}\n`;
}

function select(
  files: ReadonlyMap<string, readonly string[]>,
  part: string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const wanted = [...files].map(([name, paths]): [string, readonly string[]] => [
    name,
    paths.filter((path) => part === undefined || path.includes(part)),
  ]);
  return new Map(wanted.filter(([, paths]) => paths.length > 0));
}

Deno.exit(await main());
