import type { LogRecord } from "@logtape/logtape";
import { RecentMap } from "../recent_map.ts";

/** The most lines of one kind, a part's message, in a period. */
const LINES = 50;
const PERIOD_MS = 10_000;
/** How many kinds are told apart: about as many as there are messages. */
const KINDS = 1_000;
/** Parts whose lines are each a record of their own. */
const UNLIMITED: ReadonlySet<string> = new Set(["audit"]);

interface Kind {
  readonly untilMs: number;
  readonly written: number;
  readonly leftOut: number;
}

/**
 * Decides which lines are written: of lines that repeat the same message, the first 50 in ten seconds. Answers how many
 * were left out before this one, or `undefined` if this one is left out. Whoever makes a service log fills no disk by it.
 */
export function lineLimit(now: () => number): (record: LogRecord) => number | undefined {
  const kinds = new RecentMap<string, Kind>(KINDS);
  return ({ category, rawMessage }) => {
    if (UNLIMITED.has(category[1] ?? "")) return 0;
    const nowMs = now();
    const key = `${category.join(".")} ${rawMessage}`;
    const known = kinds.get(key);
    if (known !== undefined && nowMs < known.untilMs) {
      const isWritten = known.written < LINES;
      kinds.set(key, {
        ...known,
        written: known.written + (isWritten ? 1 : 0),
        leftOut: known.leftOut + (isWritten ? 0 : 1),
      });
      return isWritten ? 0 : undefined;
    }
    kinds.set(key, { untilMs: nowMs + PERIOD_MS, written: 1, leftOut: 0 });
    return known?.leftOut ?? 0;
  };
}
