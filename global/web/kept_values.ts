/** What this browser keeps under a name: `null` for nothing, `undefined` where it keeps nothing for pages at all. */
export function kept(name: string): string | null | undefined {
  try {
    return localStorage.getItem(name);
  } catch {
    return undefined;
  }
}

/** Has the browser keep a value under a name; `null` to forget it. One that keeps nothing goes on without. */
export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Then it is asked each time.
  }
}
