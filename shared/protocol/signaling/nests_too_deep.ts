import { afterString } from "./after_string.ts";

/** The deepest nesting. No frame of the protocol nests deeper. */
const maxDepth = 32;
/** A shorter text is not checked: its nesting can't be slow to parse. */
const shortLength = 1_024;

/**
 * Whether a JSON text nests too deep. It is not parsed for this: `JSON.parse` takes ten times as long for deep nesting as
 * for other texts of the same length.
 */
export function nestsTooDeep(json: string): boolean {
  if (json.length < shortLength) return false;
  let depth = 0;
  for (let index = 0; index < json.length; index++) {
    const char = json[index];
    if (char === '"') index = afterString(json, index) - 1;
    else if (char === "[" || char === "{") {
      if (++depth > maxDepth) return true;
    } else if (char === "]" || char === "}") depth--;
  }
  return false;
}
