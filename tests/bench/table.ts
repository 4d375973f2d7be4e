import type { Row } from "./row.ts";

/** The rows as a table of text, a line each. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ["", "value", "unit", "target", "met", "compared with", "ratio"],
    ...rows.map((row) => [
      row.name,
      figure(row.value),
      row.unit,
      row.target === undefined ? "" : `${row.lower_is_better ? "≤" : "≥"} ${figure(row.target)}`,
      row.met === undefined ? "" : row.met ? "yes" : "no",
      row.peer ?? "",
      row.ratio === undefined ? "" : figure(row.ratio),
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ??
    [];
  return cells.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  )
    .join("\n");
}

/** Four significant digits, thousands as people write them. */
function figure(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}
