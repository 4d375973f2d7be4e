/** An id at the beginning of a frame. */
const startLength = 64;

/**
 * The id of a request whose frame is not to be parsed, from the frame's beginning; `null` unless `id` is the first member,
 * as clients write it.
 */
export function leadingId(frame: string): number | null {
  const id = /^\s*\{\s*"id"\s*:\s*([1-9]\d{0,14})\s*[,}]/.exec(frame.slice(0, startLength))?.[1];
  return id === undefined ? null : Number(id);
}
