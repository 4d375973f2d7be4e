import { configureSync } from "@logtape/logtape";
import { jsonLine } from "./json_line.ts";
import type { Level } from "./level.ts";

interface LoggingOptions {
  /** The service's name, in every line. */
  readonly service: string;
  readonly level: Level;
  /** Where lines go; standard error unless told. */
  readonly write?: (line: string) => void;
}

/** Sets up logging for this isolate; a module Worker calls it for itself. A second call replaces the first. */
export function configureLogging({ service, level, write = writeToStderr }: LoggingOptions): void {
  configureSync({
    reset: true,
    sinks: { lines: (record) => write(jsonLine(service, record)) },
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
