/** Longer than any valid token. */
const SCRATCH_BYTES = 8 * 1024;

/**
 * Encodes each text into the same buffer, where it stays until the next one: allocating a buffer takes longer than
 * encoding the text.
 */
export function utf8Writer(): (text: string) => Uint8Array {
  const encoder = new TextEncoder();
  const scratch = new Uint8Array(SCRATCH_BYTES);
  return (text) => {
    const { read, written } = encoder.encodeInto(text, scratch);
    return read === text.length ? scratch.subarray(0, written) : encoder.encode(text);
  };
}
