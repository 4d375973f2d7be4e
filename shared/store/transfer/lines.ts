import { z } from "zod";

/** The first line of an export. */
export const header = z.object({ dark_tower: z.string(), schema: z.int().min(1) });
/** One row. */
export const rowLine = z.object({ table: z.string(), row: z.record(z.string(), z.unknown()) });
/** The last line: an export that was cut off has none. */
export const footer = z.object({ rows: z.int() });

const bytes = z.object({ $bytes: z.string() });

/** A row as JSON has it: bytes in hexadecimal digits. */
export function toLine(table: string, row: Record<string, unknown>): string {
  const cells = Object.entries(row).map(([column, value]) => [
    column,
    value instanceof Uint8Array ? { $bytes: value.toHex() } : value,
  ]);
  return JSON.stringify({ table, row: Object.fromEntries(cells) });
}

export function fromCells(row: Record<string, unknown>): Record<string, unknown> {
  const cells = Object.entries(row).map(([column, value]) => {
    const read = bytes.safeParse(value);
    return [column, read.success ? Uint8Array.fromHex(read.data.$bytes) : value];
  });
  return Object.fromEntries(cells);
}
