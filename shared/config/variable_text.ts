import type { Parsed } from "./parsed.ts";

/**
 * A variable's text; `undefined` where it is not set. The runtime throws at bytes that are no text, with these bytes in its
 * words: they may be a secret.
 */
export function variableText(
  name: string,
  env: (name: string) => string | undefined,
): Parsed<string | undefined> {
  try {
    return { ok: true, value: env(name) };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return { ok: false, message: `${name} is set, but not to a text in UTF-8` };
  }
}
