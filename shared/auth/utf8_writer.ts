/** Longer than a token of ours ever is. */
const SCRATCH_BYTES = 8 * 1024;

/**
 * Encodes texts into the same bytes again and again, where each is there until the next: to allocate a buffer takes
 * longer than to encode the text.
 */
export function utf8Writer(): (text: string) => Uint8Array {
  const encoder = new TextEncoder();
  const scratch = new Uint8Array(SCRATCH_BYTES);
  return (text) => {
    const { read, written } = encoder.encodeInto(text, scratch);
    return read === text.length ? scratch.subarray(0, written) : encoder.encode(text);
  };
}
