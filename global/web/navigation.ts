import { createStore } from "../../shared/client/store.ts";

/** The path that the page shows. */
export const path = createStore(location.pathname);

addEventListener("popstate", () => path.set(location.pathname));

export function navigate(to: string): void {
  history.pushState(null, "", to);
  path.set(location.pathname);
}

/** The meeting's code in a path such as `/m/abc`, or in whatever somebody pasted: a link or a code. */
export function codeIn(text: string): string | undefined {
  const inLink = /\/m\/([A-Za-z0-9_-]{1,64})\/?(?:[?#].*)?$/.exec(text.trim());
  if (inLink) return inLink[1];
  return /^[A-Za-z0-9_-]{1,64}$/.test(text.trim()) ? text.trim() : undefined;
}
