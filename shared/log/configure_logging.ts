import { configureSync } from "@logtape/logtape";
import { jsonLine } from "./json_line.ts";
import type { Level } from "./level.ts";
import { lineLimit } from "./line_limit.ts";
import { lineWriter } from "./line_writer.ts";

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
  { service, level, write = lineWriter(Deno.stderr), now = () => performance.now() }: LoggingOptions,
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
