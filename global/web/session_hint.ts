import { keep, kept } from "./kept_values.ts";

const KEY = "dark-tower-signed-in";

/**
 * Whether somebody was signed in when this browser was last here. The session's cookie can't be read by the page; with
 * this nobody who never signed in is asked for it. A browser that keeps nothing for pages may still keep the cookie.
 */
export function wasSignedIn(): boolean {
  return kept(KEY) !== null;
}

export function rememberSignedIn(signedIn: boolean): void {
  keep(KEY, signedIn ? "yes" : null);
}
