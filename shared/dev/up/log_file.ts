/** A log and the one before it, `.old`, are at most this large each. */
const ROTATE_BYTES = 16 * 1024 * 1024;

/** A service's log file. Writing to it never throws. */
export interface LogFile extends Disposable {
  write(line: string): void;
}

/**
 * A log file that is appended to, and put aside as `.old` when it is full. A line that can't be written, on a full disk for
 * example, is counted; the count is the first line once there is room again.
 */
export function openLogFile(file: string, rotateBytes = ROTATE_BYTES): LogFile {
  const encoder = new TextEncoder();
  let opened: Deno.FsFile | undefined;
  let bytes = 0;
  let lost = 0;

  const open = (): Deno.FsFile => {
    if (opened !== undefined) return opened;
    opened = Deno.openSync(file, { append: true, create: true, mode: 0o600 });
    bytes = opened.statSync().size;
    return opened;
  };
  const close = () => {
    opened?.close();
    opened = undefined;
  };
  const append = (line: string) => {
    let rest = encoder.encode(`${line}\n`);
    open();
    if (bytes + rest.length > rotateBytes) {
      close();
      Deno.renameSync(file, `${file}.old`);
    }
    const target = open();
    const before = bytes;
    try {
      while (rest.length > 0) {
        const written = target.writeSync(rest);
        bytes += written;
        rest = rest.subarray(written);
      }
    } catch (error) {
      // Half a line would spoil the next one.
      target.truncateSync(before);
      bytes = before;
      throw error;
    }
  };

  return {
    write(line) {
      try {
        if (lost > 0) append(lostLine(lost));
        lost = 0;
        append(line);
      } catch {
        lost++;
      }
    },
    [Symbol.dispose]: close,
  };
}

function lostLine(lost: number): string {
  return JSON.stringify({
    time: new Date().toISOString(),
    level: "warning",
    service: "up",
    message: "log lines before this one could not be written",
    lost,
  });
}
