/**
 * Writes lines to a stream, synchronously, so that the last one before an exit is not lost. One that can't be written, on a
 * full disk for example, is left out, and the half of it that was written doesn't spoil the next one.
 */
export function lineWriter(stream: { writeSync(bytes: Uint8Array): number }): (line: string) => void {
  const encoder = new TextEncoder();
  let isHalf = false;
  return (line) => {
    let rest = encoder.encode(isHalf ? `\n${line}` : line);
    try {
      while (rest.length > 0) {
        rest = rest.subarray(stream.writeSync(rest));
        isHalf = rest.length > 0;
      }
    } catch {
      // Nobody reads the log any more, or it has no room; a service doesn't stop for that.
    }
  };
}
