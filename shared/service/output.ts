const encoder = new TextEncoder();

/** Standard output takes no more: a full disk is behind it, or a reader that went away. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/**
 * Writes to standard output.
 *
 * @throws {OutputError} if it can't be written
 */
export function printOut(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    throw new OutputError(`the output can't be written: ${reason}`, { cause });
  }
}

/** Writes to standard error. Where that can't be written, nobody could be told. */
export function printError(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // The exit code says the rest.
  }
}

/** Writes a command's answer and ends the program with its exit code, or with 1 and one line if nobody gets the answer. */
export function endWith(service: string, code: number, answer: string): never {
  try {
    printOut(answer);
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    printError(`${service}: ${error.message}\n`);
    return Deno.exit(1);
  }
  return Deno.exit(code);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
}
