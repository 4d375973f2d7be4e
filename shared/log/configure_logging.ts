import { configureSync } from "@logtape/logtape";
import { jsonLine } from "./json_line.ts";
import type { Level } from "./level.ts";
import { lineLimit } from "./line_limit.ts";

interface LoggingOptions {
  /** The service's name, in every line. */
  readonly service: string;
  readonly level: Level;
  /** Where lines go; standard error unless told. */
  readonly write?: (line: string) => void;
  /** Milliseconds on a clock that never goes back, for the limit on lines that repeat. */
  readonly now?: () => number;
}

/** Sets up logging for this isolate; a module Worker calls it for itself. A second call replaces the first. */
export function configureLogging(
  { service, level, write = writeToStderr, now = () => performance.now() }: LoggingOptions,
): void {
  const leftOutBefore = lineLimit(now);
  configureSync({
    reset: true,
    sinks: {
      lines(record) {
        const leftOut = leftOutBefore(record);
        if (leftOut !== undefined) write(jsonLine(service, record, leftOut));
      },
    },
    loggers: [
      { category: ["dark-tower"], sinks: ["lines"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: ["lines"], lowestLevel: "warning" },
    ],
  });
}

const encoder = new TextEncoder();

/** Synchronous, so that the last line before an exit is not lost. */
function writeToStderr(line: string): void {
  let rest = encoder.encode(line);
  try {
    while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
  } catch {
    // Nobody reads the log any more; a service doesn't stop for that.
  }
}
