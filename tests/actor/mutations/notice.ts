import { fileURLToPath } from "node:url";
import type { Mutation } from "./mutation.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** The results of the actor tests on a broken copy. */
export interface Notice {
  readonly failed: number;
  readonly passed: number;
  /** Whether the run didn't finish: it hung, or a module broke. */
  readonly cut: boolean;
}

/**
 * Runs the actor tests on a copy of the runtime that `mutation` has broken; without one on an unchanged copy. A run that
 * takes longer than `limitMs` counts as hanging, and so as noticing the mutation.
 */
export async function notice(mutation: Mutation | null, limitMs: number): Promise<Notice> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-mutation-" });
  try {
    await copyTree(folder);
    for (const edit of mutation?.edits ?? []) await breakText(folder, edit);
    return await runTests(folder, limitMs);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copyTree(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/shared`);
  await Deno.mkdir(`${folder}/tests`);
  for (const file of ["deno.json", "deno.lock"]) await Deno.copyFile(`${root}/${file}`, `${folder}/${file}`);
  for (const path of ["shared/std", "node_modules"]) {
    await Deno.symlink(`${root}/${path}`, `${folder}/${path}`);
  }
  for (const path of ["shared/actor", "tests/actor"]) {
    await copyFolder(`${root}/${path}`, `${folder}/${path}`);
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

async function breakText(folder: string, [file, find, replace]: Mutation["edits"][number]): Promise<void> {
  const path = `${folder}/shared/actor/${file}`;
  const text = await Deno.readTextFile(path);
  if (text.split(find).length !== 2) throw new Error(`${file} doesn't have this once: ${find}`);
  await Deno.writeTextFile(path, text.replace(find, () => replace));
}

async function runTests(folder: string, limitMs: number): Promise<Notice> {
  // The test of the mutations themselves would notice each one.
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--no-check",
      "--no-prompt",
      "--cached-only",
      "-A",
      "--ignore=tests/actor/mutations_test.ts",
      "tests/actor",
    ],
    cwd: folder,
    env: { NO_COLOR: "1", ACTOR_RUNS: "1500", ACTOR_SEED: "1" },
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(limitMs),
  }).spawn();
  const text = await new Response(child.stdout).text();
  await child.status;
  const summary = text.match(/(\d+) passed(?: \([^)]*\))? \| (\d+) failed/);
  if (summary !== null) return { passed: Number(summary[1]), failed: Number(summary[2]), cut: false };
  return { passed: count(text, /\.\.\. ok/g), failed: count(text, /\.\.\.[^\n]* FAILED/g), cut: true };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
