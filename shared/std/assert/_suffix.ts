/** How a caller's own message ends the first line of a failure. */
export function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
