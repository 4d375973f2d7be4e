import { createStore } from "../../shared/client/store.ts";

/** The path that the page shows. */
export const path = createStore(location.pathname);

/** The invitation to register that the page was opened with. */
export const invitation = createStore(invitationIn(location.hash));

addEventListener("popstate", () => path.set(location.pathname));
addEventListener("hashchange", () => invitation.set(invitationIn(location.hash)));

export function navigate(to: string): void {
  history.pushState(null, "", to);
  path.set(location.pathname);
}

/** Forgets the invitation that the page was opened with: it is used, or not wanted. */
export function dropInvitation(): void {
  history.replaceState(null, "", location.pathname + location.search);
  invitation.set(undefined);
}

/** The part of an address after `#`, which browsers send to nobody, may hold an invitation. */
function invitationIn(fragment: string): string | undefined {
  return /^#invitation=([A-Za-z0-9_-]{1,512})$/.exec(fragment)?.[1];
}

/** The meeting's code in a path such as `/m/abc`, or in whatever somebody pasted: a link or a code. */
export function codeIn(text: string): string | undefined {
  const inLink = /\/m\/([A-Za-z0-9_-]{1,64})\/?(?:[?#].*)?$/.exec(text.trim());
  if (inLink) return inLink[1];
  return /^[A-Za-z0-9_-]{1,64}$/.test(text.trim()) ? text.trim() : undefined;
}
