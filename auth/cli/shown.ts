import type { Answer } from "./command.ts";

/** An answer for people: a table of rows, or the fields of one thing, a line each. */
export function shown(answer: Answer): string {
  if (isRows(answer)) return table(answer);
  const rows = answer["items"];
  if (!Array.isArray(rows)) return fields(answer);
  const next = answer["next_cursor"];
  return table(rows) + (typeof next === "string" ? `more: --cursor ${next}\n` : "");
}

function isRows(answer: Answer): answer is readonly Record<string, unknown>[] {
  return Array.isArray(answer);
}

function fields(one: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(one).map((name) => name.length));
  return Object.entries(one).map(([name, value]) => `${name.padEnd(width)}  ${text(value)}\n`).join("");
}

function table(rows: readonly Record<string, unknown>[]): string {
  const [first] = rows;
  if (first === undefined) return "there is none\n";
  const names = Object.keys(first);
  const cells = [names, ...rows.map((row) => names.map((name) => text(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) =>
    `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()}\n`
  ).join("");
}

/** Control characters in a name stay out of the operator's terminal. */
function text(value: unknown): string {
  const plain = typeof value === "string" ? value : value === null ? "-" : JSON.stringify(value);
  return plain.replaceAll(/\p{Cc}/gu, " ");
}
