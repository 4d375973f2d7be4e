import { type Addresses, isLoopback } from "./stays_on_this_machine.ts";

/** A line for a page that others reach but whose media is announced at an address of this machine alone. */
export function unreachableMedia({ host, publicHost = host, publicUrl }: Addresses): string | undefined {
  if (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname) || !isLoopback(publicHost)) {
    return undefined;
  }
  return `DT_PUBLIC_URL is "${publicUrl}", but browsers are told ${publicHost} for media: nobody elsewhere sees or ` +
    "hears anything until DT_PUBLIC_HOST is the address that they reach";
}
