/**
 * A UUID that begins with its time (RFC 9562 §5.7), in milliseconds since the Unix epoch: rows that are written one
 * after the other lie side by side.
 */
export function uuidV7(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
