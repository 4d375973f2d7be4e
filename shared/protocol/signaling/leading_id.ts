/** An id in so many of a frame's first characters. */
const startLength = 64;

/**
 * The id of a request whose frame isn't to be parsed; `null` where it isn't written first, as clients write it. The
 * frame's beginning is enough.
 */
export function leadingId(frame: string): number | null {
  const id = /^\s*\{\s*"id"\s*:\s*([1-9]\d{0,14})\s*[,}]/.exec(frame.slice(0, startLength))?.[1];
  return id === undefined ? null : Number(id);
}
