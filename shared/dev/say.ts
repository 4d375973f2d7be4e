const encoder = new TextEncoder();

/** Writes to standard output. A reader that went away, or a full disk behind it, is no reason to stop. */
export function say(text: string): void {
  write(Deno.stdout, text);
}

/** Writes to standard error, in the same way. */
export function complain(text: string): void {
  write(Deno.stderr, text);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    let rest = encoder.encode(text);
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch {
    // There is nobody who could be told.
  }
}
