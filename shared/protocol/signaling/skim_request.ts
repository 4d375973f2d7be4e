import { afterString } from "./after_string.ts";

/** What says which request a frame holds. */
export interface SkimmedRequest {
  /** A positive integer. */
  readonly id: number;
  /** As the client wrote it; `null` where it is no text, or longer than any type. */
  readonly type: string | null;
}

/** A shorter frame is parsed: that takes microseconds, whatever is in it. */
const shortLength = 1_024;
/** `"type"` with each letter escaped. */
const maxNameLength = 26;
/** A longer text is no type, even with escapes. */
const maxTextLength = 256;
const colon = /[ \t\n\r]*:[ \t\n\r]*/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The id and type of a request whose frame is to be refused, wherever they stand among its members; `null` where there is
 * no valid id. A long frame is read through once and not parsed, so that a refusal stays cheaper than what it refuses. Of a
 * member that comes more than once the last counts, as with `JSON.parse`.
 */
export function skimRequest(frame: string): SkimmedRequest | null {
  const { id, type } = frame.length < shortLength ? parsedMembers(frame) : scannedMembers(frame);
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) return null;
  return { id, type: typeof type === "string" && type.length <= maxTextLength ? type : null };
}

interface Members {
  id?: unknown;
  type?: unknown;
}

function parsedMembers(frame: string): Members {
  const value = parsedValue(frame);
  return typeof value === "object" && value !== null ? value : {};
}

function parsedValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function scannedMembers(frame: string): Members {
  const members: Members = {};
  if (!/^[ \t\n\r]*\{/.test(frame)) return members;
  let depth = 0;
  for (let index = 0; index < frame.length; index++) {
    const char = frame[index];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    if (char !== '"') continue;
    const end = afterString(frame, index);
    // A text at this depth before a colon is the name of one of the request's members.
    const name = depth === 1 ? nameAt(frame, index, end) : null;
    const value = name === null ? -1 : matchEnd(colon, frame, end);
    if (value !== -1) {
      if (name === "id") members.id = numberAt(frame, value);
      else if (name === "type") {
        members.type = frame[value] === '"' ? textAt(frame, value, afterString(frame, value)) : undefined;
      }
    }
    index = end - 1;
  }
  return members;
}

/** What could be a name that is looked for. Names are many: only those with an escape are parsed. */
function nameAt(frame: string, start: number, end: number): unknown {
  if (frame.startsWith('"id"', start)) return "id";
  if (frame.startsWith('"type"', start)) return "type";
  const isEscaped = end - start <= maxNameLength && frame.slice(start, end).includes("\\");
  return isEscaped ? textAt(frame, start, end) : null;
}

function textAt(frame: string, start: number, end: number): unknown {
  return end - start > maxTextLength ? undefined : parsedValue(frame.slice(start, end));
}

function numberAt(frame: string, start: number): number | undefined {
  const end = matchEnd(number, frame, start);
  return end === -1 ? undefined : Number(frame.slice(start, end));
}

/** The index after what a sticky expression finds at `start`; -1 where that is nothing. */
function matchEnd(expression: RegExp, text: string, start: number): number {
  expression.lastIndex = start;
  return expression.test(text) ? expression.lastIndex : -1;
}
