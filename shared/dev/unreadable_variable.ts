/**
 * One line for the first of these variables whose bytes are no text; nothing where all of them are. The runtime leaves such
 * a one out of the whole environment, so that it would count as not set, and throws where it is asked for.
 */
export function unreadableVariable(
  names: readonly string[],
  env: (name: string) => string | undefined,
): string | undefined {
  const unreadable = names.find((name) => !isReadable(name, env));
  return unreadable && `${unreadable} is set, but not to a text in UTF-8`;
}

function isReadable(name: string, env: (name: string) => string | undefined): boolean {
  try {
    env(name);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.InvalidData) return false;
    throw error;
  }
}
