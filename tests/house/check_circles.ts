import { posix } from "node:path";
import { findCircles, type Graph } from "./find_circles.ts";
import { findSpecifiers } from "./find_specifiers.ts";
import type { SourceFile } from "./source_file.ts";
import type { Violation } from "./violation.ts";

/** What each file imports of the others, types included. */
function importsOf(files: readonly SourceFile[]): Graph {
  const known = new Set(files.map(({ path }) => path));
  return new Map(files.map((file) => {
    const imported = findSpecifiers(file)
      .filter(({ specifier, isAddress }) => !isAddress && specifier?.startsWith("."))
      .map(({ specifier = "" }) => posix.join(posix.dirname(file.path), specifier))
      .filter((target) => known.has(target) && target !== file.path);
    return [file.path, new Set(imported)];
  }));
}

/** Files that import themselves by way of others. A type-only import counts: whoever reads one must read the other. */
export function checkFileCircles(files: readonly SourceFile[]): Violation[] {
  return [...findCircles(importsOf(files))].map(([path, circle]) => ({
    path,
    text: `${path} is on an import circle: ${circle.join(" → ")}`,
  }));
}

/** The room of a file, `meeting/state`; nothing for what stands at the root of its service. */
function roomOf(path: string): string | undefined {
  const [service, room, ...below] = path.split("/");
  return below.length > 0 ? `${service}/${room}` : undefined;
}

/** Rooms, the first folders of a service, that import themselves by way of others. */
export function checkRoomCircles(files: readonly SourceFile[]): Violation[] {
  const rooms = new Map<string, Set<string>>();
  const reasons = new Map<string, string>();
  for (const [path, targets] of importsOf(files)) {
    const room = roomOf(path);
    if (room === undefined) continue;
    const others = rooms.get(room) ?? new Set();
    rooms.set(room, others);
    for (const target of targets) {
      const other = roomOf(target);
      if (other === undefined || other === room) continue;
      others.add(other);
      const step = `${room} → ${other}`;
      if (!reasons.has(step)) reasons.set(step, `${path} imports ${target}`);
    }
  }
  return [...findCircles(rooms)].map(([path, circle]) => {
    const steps = circle.slice(1).map((room, index) => `${circle[index]} → ${room}`);
    const why = steps.map((step) => reasons.get(step)).join(", ");
    return { path, text: `${path} is on a circle of rooms: ${circle.join(" → ")} (${why})` };
  });
}
