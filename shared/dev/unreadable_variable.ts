import { variableText } from "../config/variable_text.ts";

/**
 * One line for the first of these variables whose bytes are no text; nothing where all of them are. The whole environment,
 * as the runtime gives it, leaves such a variable out, so that it would count as not set.
 */
export function unreadableVariable(
  names: readonly string[],
  env: (name: string) => string | undefined,
): string | undefined {
  for (const name of names) {
    const read = variableText(name, env);
    if (!read.ok) return read.message;
  }
  return undefined;
}
