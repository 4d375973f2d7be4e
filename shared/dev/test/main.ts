/** `deno task test [--quick] [--filter TEXT] [PATH]`: set-up, format, lint, types and every test; ends at the first red stage. */
import { formatDuration } from "../format_duration.ts";
import { complain, say } from "../say.ts";
import { testProgramVariables } from "../setup/test_programs.ts";
import { workerFile } from "../setup/mediasoup_worker.ts";
import { setUp } from "../setup/set_up.ts";
import { runStage } from "./run_stage.ts";
import type { Stage } from "./stage.ts";
import { HELP, parseTestCommand, type TestCommand } from "./test_command.ts";
import { testFiles } from "./test_files.ts";
import { testStage } from "./test_stage.ts";

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
  const total = { passed: 0, failed: 0 };
  const code = await runAll(command, total);
  say(`${total.passed} passed, ${total.failed} failed\n`);
  if (code !== 0 || command.name === undefined || total.passed > 0) return code;
  complain(`test: no test has "${command.name}" in its name\n`);
  return 1;
}

async function runAll(
  { quick, path, name }: TestCommand,
  total: { passed: number; failed: number },
): Promise<number> {
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop.abort());
  const files = select(await testFiles(root, quick), path);
  const slow = [...files.keys()].some((name) => name !== "tests");
  // A single test is run again and again while one works on it.
  const failure = name === undefined
    ? await setUp(root, slow ? "tests" : "quick_tests", stop.signal)
    : undefined;
  if (failure !== undefined) {
    complain(`test: ${failure.line}\n`);
    return 1;
  }
  const tests = [...files].map(([stage, paths]) => testStage(stage, paths, name));
  if (tests.length === 0) {
    complain(`test: no test file has "${path}" in its path\n`);
    return 1;
  }
  const env = {
    MEDIASOUP_WORKER_BIN: await workerFile(root) ?? "",
    ...testProgramVariables((name) => Deno.env.get(name)),
    ...Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" },
  };
  const run = async (stage: Stage, write: (text: string) => void): Promise<boolean> => {
    const startedAt = performance.now();
    const { success, counts } = await runStage(stage, { root, env, signal: stop.signal, write });
    total.passed += counts.passed;
    total.failed += counts.failed;
    const took = formatDuration(performance.now() - startedAt);
    const flaky = counts.flaky > 0 ? `, ${counts.flaky} passed only at the second try` : "";
    write(`── ${stage.name}: ${success ? "ok" : "failed"} (${took})${flaky}\n`);
    return success && !stop.signal.aborted;
  };
  if (path === undefined && name === undefined && !await runTogether(CHECKS, run)) return 1;
  for (const stage of tests) {
    say(`\n── ${stage.name}\n`);
    if (!await run(stage, say)) return 1;
  }
  return 0;
}

/** What each writes is said when it has ended, so that it stands together. */
async function runTogether(
  stages: readonly Stage[],
  run: (stage: Stage, write: (text: string) => void) => Promise<boolean>,
): Promise<boolean> {
  say(`\n── ${stages.map(({ name }) => name).join(", ")}\n`);
  const outcomes = await Promise.all(stages.map(async (stage) => {
    const written: string[] = [];
    const isWell = await run(stage, (text) => void written.push(text));
    say(written.join(""));
    return isWell;
  }));
  return outcomes.every(Boolean);
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
