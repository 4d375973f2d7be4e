import { keep, kept } from "./kept_values.ts";

const KEY = "dark-tower-organization";

/** The organisation, by its short name, in which somebody signed in here last; empty for the one that the host names. */
export function lastOrganization(): string {
  return kept(KEY) ?? "";
}

export function rememberOrganization(slug: string): void {
  keep(KEY, slug === "" ? null : slug);
}
