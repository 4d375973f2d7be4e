/** An address that the media ports are bound to, and the address in its ICE candidates, if that is another one. */
export interface MediaAddress {
  readonly ip: string;
  readonly announcedAddress?: string;
}

/** One address of the machine, as `Deno.networkInterfaces` lists them. */
export interface OwnAddress {
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
}

export interface Hosts {
  /** The address that the service listens on. */
  readonly host: string;
  /** The address at which browsers reach the media ports. */
  readonly publicHost: string;
}

/**
 * The addresses for the media ports.
 *
 * On the loopback address alone a browser that gathers no loopback candidates, as Firefox, finds no path to a handler on
 * its own machine. So a handler for this machine is bound to one of the machine's other addresses, too. A handler behind
 * a proxy of its own machine listens on the loopback address as a service, but media doesn't go through the proxy.
 */
export function mediaAddresses(hosts: Hosts, own: readonly OwnAddress[]): MediaAddress[] {
  // Not every browser resolves names in candidates. A name other than `localhost` stays for the browser to resolve.
  const host = hosts.host === "localhost" ? "127.0.0.1" : hosts.host;
  const publicHost = hosts.publicHost === "localhost" ? "127.0.0.1" : hosts.publicHost;
  const ipv4 = own.find(({ family, address }) => family === "IPv4" && isRoutable(address));
  const ipv6 = own.find(({ family, address }) => family === "IPv6" && isRoutable(address));
  const plain = (...addresses: readonly (OwnAddress | undefined)[]) =>
    addresses.flatMap((one) => one === undefined || one.address === publicHost ? [] : [{ ip: one.address }]);
  if (host === "0.0.0.0") return [announced(host, publicHost), ...plain(ipv6)];
  if (!isLoopback(host)) return [announced(host, publicHost)];
  if (isLoopback(publicHost)) return [announced(host, publicHost), ...plain(ipv4, ipv6)];
  const isOwn = own.some(({ address }) => address === publicHost);
  if (isOwn) return [{ ip: publicHost }, ...plain(publicHost.includes(":") ? ipv4 : ipv6)];
  return [announced(ipv4?.address ?? host, publicHost), ...plain(ipv6)];
}

/** The host by which a service on the same machine reaches a listener on `host`. */
export function innerHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function announced(ip: string, announcedAddress: string): MediaAddress {
  return ip === announcedAddress ? { ip } : { ip, announcedAddress };
}

/** Whether only the machine itself reaches the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Link-local addresses need a zone, which candidates don't have. */
function isRoutable(address: string): boolean {
  return !isLoopback(address) && !address.startsWith("169.254.") && !/^fe[89ab]/i.test(address);
}
