import type { LogRecord } from "@logtape/logtape";
import { redact, redactText } from "./redact.ts";

const OWN_KEYS = ["time", "level", "service", "part", "message", "left_out"];

/**
 * One log record as one line of JSON: `time` (RFC 3339), `level`, `service`, `part`, `message`, `left_out` if lines with
 * this message were left out before it, then the fields.
 */
export function jsonLine(service: string, record: LogRecord, leftOut = 0): string {
  const line: Record<string, unknown> = {
    time: new Date(record.timestamp).toISOString(),
    level: record.level,
    service,
    part: record.category.slice(1).join("."),
    message: message(record),
    ...(leftOut > 0 ? { left_out: leftOut } : {}),
  };
  for (const [name, value] of Object.entries(record.properties)) {
    line[OWN_KEYS.includes(name) ? `${name}_` : name] = redact(name, value);
  }
  return `${JSON.stringify(line)}\n`;
}

/** A template's values are fields too, where they are redacted by name: the message shows the template as it is. */
function message(record: LogRecord): string {
  const raw = record.rawMessage;
  return redactText(typeof raw === "string" ? raw : raw.join("…"));
}
