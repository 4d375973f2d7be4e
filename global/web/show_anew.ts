/**
 * Shows what comes of an action, and `nothing` until then. What was shown before goes first, also where the answer is
 * there at once: a screen reader says the words of before again only if they come again.
 */
export async function showAnew<T>(
  show: (what: T) => void,
  nothing: T,
  action: () => T | Promise<T>,
): Promise<void> {
  show(nothing);
  // Preact renders in a microtask, which is before what goes on after this one.
  show(await action());
}
