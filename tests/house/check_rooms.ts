import type { SourceFile } from "./source_file.ts";
import type { Violation } from "./violation.ts";

/** All that a service has beside its rooms: where it is put together, what is set, and what is measured. */
const rootFiles: ReadonlySet<string> = new Set(["main.ts", "settings.ts", "metrics.ts"]);

/** A file at the root of a service that belongs into a room. */
export function checkRoom({ path }: SourceFile): Violation[] {
  const [service, name = "", ...below] = path.split("/");
  if (below.length > 0 || rootFiles.has(name)) return [];
  return [{
    path,
    text: `${path} is in no room: only main, settings and metrics stand at the root of ${service}`,
  }];
}
