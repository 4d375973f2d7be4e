/** The key code of every key that an input method takes (W3C UI Events). */
const INPUT_METHOD = 229;

/**
 * Whether a key is an input method's: an Enter may take what it offers, an Escape may drop it, and that alone. Safari
 * tells of such a key after the end of the composition, and then only by its code.
 */
export function isComposing(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === INPUT_METHOD;
}
