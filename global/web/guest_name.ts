import { keepInTab, keptInTab } from "./kept_values.ts";

const KEY = "dark-tower-guest-name";

/**
 * The name that a guest gave at a meeting. It belongs to them and not to the computer: it survives a reload, and is
 * forgotten when the tab is closed, shows the start page, or has somebody signed in.
 */
export function guestName(): string {
  return keptInTab(KEY) ?? "";
}

export function rememberGuestName(name: string): void {
  keepInTab(KEY, name);
}

export function forgetGuestName(): void {
  keepInTab(KEY, null);
}
