/** A page of a list: what is on it, and what to ask for the next one by; null on the last. */
export interface Page<R> {
  readonly items: readonly R[];
  readonly next_cursor: string | null;
}

/** The page of `limit` rows of which one more than fits was asked for; `cursorOf` says where a next one begins. */
export function pageOf<R>(rows: readonly R[], limit: number, cursorOf: (last: R) => string): Page<R> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next_cursor: last === undefined ? null : cursorOf(last) };
}
