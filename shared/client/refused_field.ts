import type { Refused } from "./error_words.ts";

/**
 * What a server finds wrong with one field of a request over signaling, as a predicate: "is empty". Undefined where the
 * refusal is about something else. A refused field is named before the reason: `display_name: is empty`.
 */
export function refusedField({ code, message }: Refused, path: string): string | undefined {
  if (code !== "INVALID_REQUEST" || !message.startsWith(`${path}: `)) return undefined;
  return message.slice(path.length + 2);
}
