const KEY = "dark-tower-signed-in";

/**
 * Whether somebody was signed in when this browser was last here. The session's cookie can't be read by the page; with
 * this nobody who never signed in is asked for it.
 */
export function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    // A browser that keeps nothing for pages may still keep the cookie.
    return true;
  }
}

export function rememberSignedIn(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(KEY, "yes");
    else localStorage.removeItem(KEY);
  } catch {
    // Then it is asked each time.
  }
}
