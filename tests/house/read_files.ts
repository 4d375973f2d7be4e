import { fileURLToPath } from "node:url";
import type { SourceFile } from "./source_file.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const notSources: ReadonlySet<string> = new Set(["node_modules", "dist", ".data"]);

/** The folders of the services; each is a program of its own. */
export const services: readonly string[] = ["auth", "global", "meeting", "media"];

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(`${root}${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile) yield path;
    else if (entry.isDirectory && !notSources.has(entry.name)) yield* walk(path);
  }
}

/** Every file below the folders whose path matches, in the order of the paths. */
export async function readFolders(folders: readonly string[], matching = /\.tsx?$/): Promise<SourceFile[]> {
  const paths: string[] = [];
  for (const folder of folders) {
    for await (const path of walk(folder)) if (matching.test(path)) paths.push(path);
  }
  return await Promise.all(paths.sort().map(readFile));
}

/** The scripts, recipes and settings at the repository's root and in its folders for delivery. */
export async function readScripts(): Promise<SourceFile[]> {
  const entries = await Array.fromAsync(Deno.readDir(root));
  const files = entries.filter(({ name, isFile }) =>
    isFile && !/^(LICENSE|README\.md|deno\.lock)$/.test(name)
  );
  const folders = entries.filter(({ name, isDirectory }) => isDirectory && /^(\.ci|deploy)$/.test(name));
  return [
    ...await Promise.all(files.map(({ name }) => readFile(name))),
    ...await readFolders(folders.map(({ name }) => name), /./),
  ];
}

async function readFile(path: string): Promise<SourceFile> {
  return { path, text: await Deno.readTextFile(`${root}${path}`) };
}
