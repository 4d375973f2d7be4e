/** Makes ids for a time in milliseconds since the Unix epoch. */
export type UuidV7Source = (at: number) => string;

/** As many as there is room for in one millisecond; further ones are in no order among themselves. */
const LAST_IN_ONE_MS = 0xfff;

/**
 * Makes UUIDs that begin with their time (RFC 9562 §5.7), so that rows which are written one after the other lie side by
 * side. Those of one source and one millisecond count up (§6.2, method 1): sorted, they are in the order of their making.
 */
export function uuidV7Source(): UuidV7Source {
  let lastAt = -Infinity;
  let counter = 0;
  return (at) => {
    counter = at === lastAt ? Math.min(counter + 1, LAST_IN_ONE_MS) : 0;
    lastAt = at;
    const order = counter.toString(16).padStart(3, "0");
    return `${uuidV7Start(at)}-7${order}${crypto.randomUUID().slice(18)}`;
  };
}

/** How those of a time begin: before all of that millisecond or later, after all of an earlier one. */
export function uuidV7Start(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}

/** One such id. */
export function uuidV7(at: number): string {
  return uuidV7Source()(at);
}
