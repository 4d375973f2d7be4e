import { posix } from "node:path";
import { findSpecifiers } from "./find_specifiers.ts";
import { services } from "./read_files.ts";
import type { SourceFile } from "./source_file.ts";

/** Whether a file may refer to another one of the repository, both as paths from the root. */
function mayUse(from: string, to: string): boolean {
  const [folder = "", part] = from.split("/");
  const [target = "", targetPart] = to.split("/");
  if (services.includes(folder)) return target === folder || target === "shared";
  if (folder !== "shared") return true;
  if (part === "actor") return target === "shared" && targetPart === "actor";
  return target === "shared";
}

/**
 * References against the one direction that they may have: a service refers to itself and to `shared/`; `shared/` to
 * itself; `shared/actor/` to itself alone. A computed specifier could be anything and is one too.
 */
export function checkImports(file: SourceFile): string[] {
  return findSpecifiers(file).flatMap(({ specifier, line }) => {
    if (specifier === undefined) {
      return [`${file.path}:${line} refers to a module that only running it tells`];
    }
    if (!/^\.{0,2}\//.test(specifier)) return [];
    const target = posix.join(posix.dirname(file.path), specifier);
    return mayUse(file.path, target) ? [] : [`${file.path}:${line} refers to ${target}`];
  });
}
