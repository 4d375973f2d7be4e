const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";

/** A person's words in a text that can hold no element: they run in their own direction and leave the rest alone. */
export function isolated(words: string): string {
  return FIRST_STRONG_ISOLATE + words + POP_DIRECTIONAL_ISOLATE;
}
