import { groupFiles, writeGroups } from "./group_files.ts";
import { runStage, type StageOptions } from "./run_stage.ts";
import type { StageResult } from "./stage.ts";
import type { TestCounts } from "./test_counts.ts";
import { testStage } from "./test_stage.ts";

/** Where more files fail, the code has a fault. */
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
 * files of tests that failed are tried once more; what the first try said stands above.
 */
export async function runTests(
  name: string,
  paths: readonly string[],
  filter: string | undefined,
  options: StageOptions,
): Promise<TestsResult> {
  const first = await runGrouped(name, paths, filter, options);
  const { counts: { passed, failed }, failedFiles } = first;
  const isTriedAgain = !first.success && failedFiles.length > 0 && failedFiles.length <= MOST_TRIED_AGAIN &&
    !options.signal.aborted;
  if (!isTriedAgain) return { ...first, flaky: 0 };
  options.write(`\n── ${name}: tried again: ${failedFiles.join(" ")}\n`);
  const second = await runStage(testStage(name, failedFiles, filter), options);
  const flaky = Math.max(0, failed - second.counts.failed);
  return {
    success: second.success,
    counts: { passed: passed + flaky, failed: second.counts.failed },
    flaky,
  };
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
