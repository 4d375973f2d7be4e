import * as z from "zod";

/** A page of a list; `next_cursor` is null on the last one. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** A number of a query is decimal digits alone: `Number` also takes `0x2`, `2e0` and spaces. */
function toNumber(text: unknown): unknown {
  return typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text;
}

/** The query of a list: `limit` is 50 unless given, at most 200. */
export const listQuery = z.strictObject({
  cursor: z.string().min(1).max(512).regex(/^[\x21-\x7e]+$/, "is not from an earlier answer").exactOptional(),
  limit: z.preprocess(toNumber, z.number().int().min(1).max(200).default(50)),
});
