const encoder = new TextEncoder();

/** Writes to standard output; a reader that went away is no reason to stop. */
export function say(text: string): void {
  write(Deno.stdout, text);
}

/** Writes to standard error; a reader that went away is no reason to stop. */
export function complain(text: string): void {
  write(Deno.stderr, text);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    let rest = encoder.encode(text);
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
