/** A page of a list: its items, and the cursor of the next page; null on the last. */
export interface Page<R> {
  readonly items: readonly R[];
  readonly next_cursor: string | null;
}

/** Makes a page of `limit` items from up to `limit` + 1 rows. `cursorOf` makes the cursor that follows an item. */
export function pageOf<R>(rows: readonly R[], limit: number, cursorOf: (last: R) => string): Page<R> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next_cursor: last === undefined ? null : cursorOf(last) };
}
