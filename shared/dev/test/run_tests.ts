import { groupFiles, writeGroups } from "./group_files.ts";
import { runStage, type StageOptions } from "./run_stage.ts";
import type { StageResult } from "./stage.ts";
import type { Failed, TestCounts } from "./test_counts.ts";
import { testStage } from "./test_stage.ts";

/** Where more files fail, or more tests that another file registers, the code has a fault. */
const MOST_TRIED_AGAIN = 3;
/**
 * Many small files share their modules, and those of the page a deployment. The files of the other stages start programs of
 * their own, beside which modules cost little.
 */
const GROUPED: ReadonlySet<string> = new Set(["quick", "services", "page"]);
/** Most files of this stage measure, or change their deployment. Only those that share one are grouped. */
const PARTLY_GROUPED: ReadonlySet<string> = new Set(["e2e"]);
const SHARED_DEPLOYMENT = '/shared_stack.ts"';

export interface TestsResult {
  readonly success: boolean;
  readonly counts: TestCounts;
  /** How many of those that passed did so only at the second try. */
  readonly flaky: number;
}

/**
 * Runs a stage's tests. Processes and browsers that starve one another on a small machine miss what a test waits for: the
 * files of tests that failed are tried once more, or the tests alone; what the first try said stands above.
 */
export async function runTests(
  name: string,
  paths: readonly string[],
  filter: string | undefined,
  options: StageOptions,
): Promise<TestsResult> {
  const first = await runGrouped(name, paths, filter, options);
  const { counts: { passed, failed } } = first;
  const again = first.success || options.signal.aborted ? undefined : secondTry(first.failed, paths, filter);
  if (again === undefined) return { success: first.success, counts: first.counts, flaky: 0 };
  options.write(`\n── ${name}: tried again: ${again.what.join(", ")}\n`);
  const second = await runStage(testStage(name, again.paths, again.filter), options);
  // What did not run has not passed.
  const isWhole = second.counts.passed + second.counts.failed >= failed;
  if (!isWhole) return { success: false, counts: first.counts, flaky: 0 };
  const flaky = Math.max(0, failed - second.counts.failed);
  return {
    success: second.success,
    counts: { passed: passed + flaky, failed: second.counts.failed },
    flaky,
  };
}

interface SecondTry {
  /** The files or the tests, by name. */
  readonly what: readonly string[];
  readonly paths: readonly string[];
  readonly filter: string | undefined;
}

/**
 * What runs once more: the files whose tests failed. A test that another file registers has that file's name in the report, as
 * a scenario has `scenario.ts`: it is looked for by its own name in all of the stage's files. Nothing where too much failed.
 */
function secondTry(
  failed: readonly Failed[],
  paths: readonly string[],
  filter: string | undefined,
): SecondTry | undefined {
  const files = [...new Set(failed.map(({ file }) => file))];
  const areOwn = files.every((file) => paths.includes(file.slice("./".length)));
  const names = [...new Set(failed.map(({ test }) => test))];
  const what = areOwn ? files : names.filter((test) => test !== undefined);
  if (what.length === 0 || what.length > MOST_TRIED_AGAIN) return undefined;
  if (areOwn) return { what, paths: files, filter };
  return { what, paths, filter: `/^(${what.map(RegExp.escape).join("|")})$/` };
}

async function runGrouped(
  name: string,
  paths: readonly string[],
  filter: string | undefined,
  options: StageOptions,
): Promise<StageResult> {
  const grouped = await groupable(name, paths, options.root);
  if (grouped.length === 0) return await runStage(testStage(name, paths, filter), options);
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-tests-" });
  try {
    const modules = await writeGroups(groupFiles(grouped), options.root, folder);
    const alone = paths.filter((path) => !grouped.includes(path));
    return await runStage(testStage(name, [...modules, ...alone], filter), options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function groupable(name: string, paths: readonly string[], root: string): Promise<readonly string[]> {
  if (GROUPED.has(name)) return paths;
  if (!PARTLY_GROUPED.has(name)) return [];
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(`${root}/${path}`)));
  return paths.filter((_, index) => texts[index]?.includes(SHARED_DEPLOYMENT));
}
