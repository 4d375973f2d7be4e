import { pathToFileURL } from "node:url";

/** More would leave a core without work while the last group runs. */
const MOST_FILES = 12;

/**
 * Test files in groups, each named by the folder below `tests` that its files are from. Half a second of a core goes by before
 * a file's first test, while the modules that it needs are loaded: the files of a group need much the same ones, and load
 * them once.
 */
export function groupFiles(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>();
  for (const [folder, files] of Map.groupBy(paths, folderBelowTests)) {
    const size = Math.ceil(files.length / Math.ceil(files.length / MOST_FILES));
    for (let from = 0; from < files.length; from += size) {
      groups.set(`${folder}_${from / size + 1}`, files.slice(from, from + size));
    }
  }
  return groups;
}

function folderBelowTests(path: string): string {
  const [, folder = "", file] = path.split("/");
  return file === undefined ? "tests" : folder;
}

/**
 * Writes a module for each group, which loads its files, into a folder. Returns what `deno test` is to be given: the modules,
 * and files that are alone as they are.
 */
export async function writeGroups(
  groups: ReadonlyMap<string, readonly string[]>,
  root: string,
  folder: string,
): Promise<readonly string[]> {
  return await Promise.all([...groups].map(async ([name, files]) => {
    const [first, ...others] = files;
    if (first !== undefined && others.length === 0) return first;
    const module = `${folder}/${name}.ts`;
    const imports = files.map((file) => `import ${JSON.stringify(pathToFileURL(`${root}/${file}`).href)};\n`);
    await Deno.writeTextFile(module, imports.join(""));
    return module;
  }));
}
