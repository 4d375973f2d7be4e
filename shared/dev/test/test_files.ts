import { filesBelow } from "../stamp.ts";

/**
 * The folders whose tests start a service's program, its Workers, SFU workers or a database's server. Each start takes a
 * second of a core: they come after the quick ones, and not with `--quick`.
 */
const SERVICE_FOLDERS = ["auth", "dev", "global", "media", "meeting/shard", "service", "store"] as const;
/**
 * The folders whose tests try thousands of random sequences, try the files for deployments with the servers that these are
 * for, play whole deployments, need a browser, kill things or load the machine: they come last, and not with `--quick`.
 */
const SLOW_FOLDERS = ["random", "deploy", "scenarios", "faults", "page", "e2e", "chaos", "load"] as const;

/** The test files of a checkout by stage, as paths from its root; stages without files are left out. */
export async function testFiles(
  root: string,
  quick: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const stages = new Map<string, string[]>(["quick", "services", ...SLOW_FOLDERS].map((name) => [name, []]));
  const below = (folders: readonly string[], path: string) =>
    folders.find((folder) => path.startsWith(`tests/${folder}/`));
  for (const file of await filesBelow(`${root}/tests`)) {
    if (!/(_test|\.test)\.tsx?$/.test(file)) continue;
    const path = file.slice(root.length + 1);
    const service = below(SERVICE_FOLDERS, path) && "services";
    stages.get(below(SLOW_FOLDERS, path) ?? service ?? "quick")?.push(path);
  }
  return new Map([...stages].filter(([name, files]) => files.length > 0 && (name === "quick" || !quick)));
}

/** Whether a stage's tests need a browser, or programs that none but the tests need. */
export function needsTestPrograms(stage: string): boolean {
  return stage !== "quick" && stage !== "services";
}
