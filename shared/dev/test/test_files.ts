import { filesBelow } from "../stamp.ts";

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
  const stages = new Map<string, string[]>([["tests", []], ...SLOW_FOLDERS.map((folder) => stage(folder))]);
  for (const file of await filesBelow(`${root}/tests`)) {
    if (!/(_test|\.test)\.tsx?$/.test(file)) continue;
    const path = file.slice(root.length + 1);
    const slow = SLOW_FOLDERS.find((folder) => path.startsWith(`tests/${folder}/`));
    stages.get(slow ?? "tests")?.push(path);
  }
  if (quick) SLOW_FOLDERS.forEach((folder) => stages.delete(folder));
  return new Map([...stages].filter(([, files]) => files.length > 0));
}

function stage(folder: string): [string, string[]] {
  return [folder, []];
}
