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
  let isInString = false;
  for (let index = 0; index < json.length; index++) {
    const char = json[index];
    if (isInString) {
      if (char === "\\") index++;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === "[" || char === "{") {
      if (++depth > maxDepth) return true;
    } else if (char === "]" || char === "}") depth--;
  }
  return false;
}
