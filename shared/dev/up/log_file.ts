const ROTATE_BYTES = 16 * 1024 * 1024;

/** A service's log file: appended to, and put aside as `.old` when it has grown over 16 MiB by the time of a start. */
export function openLogFile(file: string): { write(line: string): void } & Disposable {
  try {
    if (Deno.statSync(file).size > ROTATE_BYTES) Deno.renameSync(file, `${file}.old`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const opened = Deno.openSync(file, { append: true, create: true, mode: 0o600 });
  const encoder = new TextEncoder();
  return {
    write: (line) => void opened.writeSync(encoder.encode(`${line}\n`)),
    [Symbol.dispose]: () => opened.close(),
  };
}
