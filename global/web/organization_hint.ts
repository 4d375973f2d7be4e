const KEY = "dark-tower-organization";

/** The organisation, by its short name, in which somebody signed in here last; empty for the one that the host names. */
export function lastOrganization(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function rememberOrganization(slug: string): void {
  try {
    if (slug === "") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, slug);
  } catch {
    // Then it is asked for each time.
  }
}
