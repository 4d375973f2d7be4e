import type { Definition } from "./settings.ts";
import type { Field } from "./field.ts";

/** The text that `--help` prints: the program's summary and the table of its settings. */
export function help<V extends object>(definition: Definition<V>): string {
  const rows = [["variable", "may be", "default", "what it is"]];
  for (const key in definition.fields) rows.push(row(definition.fields[key]));
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  const { service, summary } = definition.program;
  return `${service}: ${summary}\n\nSettings are environment variables.\n\n${lines.join("\n")}\n`;
}

function row<T>(field: Field<T>): string[] {
  const names = field.secret ? `${field.name}[_FILE]` : field.name;
  const fallback = field.shownFallback !== ""
    ? field.shownFallback
    : field.required
    ? "(required)"
    : "(none)";
  return [names, field.shape, fallback, field.help];
}
