import type { Stage } from "./stage.ts";

/** Two files at a time: more share no core on the smallest machine, and start processes of their own besides. */
const PARALLEL = { args: ["--parallel"], env: { DENO_JOBS: "2" } };
/** Deployments, scenarios and faults wait for much and measure nothing. */
const parallel: ReadonlySet<string> = new Set([
  "quick",
  "services",
  "random",
  "deploy",
  "scenarios",
  "faults",
]);
/**
 * The other slow stages have the machine to themselves: they measure, or need all that they started to keep up. The
 * browsers of two files at once starve one another: a lobby wasn't ready after 30 s.
 */
const ONE_BY_ONE = { args: [], env: {} };

/** The stage that runs these test files, or of their tests those whose name has a text. */
export function testStage(name: string, paths: readonly string[], filter?: string): Stage {
  const { args, env } = parallel.has(name) ? PARALLEL : ONE_BY_ONE;
  return {
    name,
    args: [
      ...["test", "--no-check", "--no-prompt", "-A", "--preload=tests/separated.ts", ...args],
      ...filter === undefined ? [] : [`--filter=${filter}`],
      ...paths,
    ],
    env,
    tests: true,
  };
}
