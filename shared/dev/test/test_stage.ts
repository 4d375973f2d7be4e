import type { Stage } from "./stage.ts";

/**
 * Processes and browsers that starve one another on a small machine miss what a test waits for. Such a test is tried once
 * more; Deno counts it as flaky, and the stage's last line says so. The quick tests pass at once, or there is a fault.
 */
const AGAIN = ["--retry=1"];
/** Two files at a time: more share no core on the smallest machine, and start processes of their own besides. */
const PARALLEL = { args: ["--parallel"], env: { DENO_JOBS: "2" } };
/** Scenarios and faults wait for much and measure nothing. */
const parallel: ReadonlySet<string> = new Set(["tests", "scenarios", "faults"]);
/**
 * The other slow stages have the machine to themselves: they measure, or need all that they started to keep up. The
 * browsers of two files at once starve one another: a lobby wasn't ready after 30 s.
 */
const ONE_BY_ONE = { args: [], env: {} };

/** The stage that runs these test files, or of their tests those whose name has a text. */
export function testStage(name: string, paths: readonly string[], filter?: string): Stage {
  const { args, env } = parallel.has(name) ? PARALLEL : ONE_BY_ONE;
  const again = name === "tests" ? [] : AGAIN;
  return {
    name,
    args: [
      ...["test", "--no-check", "--no-prompt", "-A", "--preload=tests/separated.ts", ...args, ...again],
      ...filter === undefined ? [] : [`--filter=${filter}`],
      ...paths,
    ],
    env,
    tests: true,
  };
}
