import type { UpSettings } from "./settings.ts";

export type Addresses = Pick<UpSettings, "host" | "publicHost" | "publicUrl">;

/** Whether only this machine's users reach the page: it listens on loopback, and no proxy hands it on to others. */
export function staysOnThisMachine({ host, publicHost = host, publicUrl }: Addresses): boolean {
  const names = [host, publicHost, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
  return names.every(isLoopback);
}

/** Whether nobody on another machine reaches a host of this name or address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
