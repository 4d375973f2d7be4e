/**
 * The address for ICE candidates that browsers reach under `publicHost`. `localhost` becomes an address, since not
 * every browser resolves names in candidates; other names are left for the browser to resolve.
 */
export function announcedAddress(publicHost: string): string {
  return publicHost === "localhost" ? "127.0.0.1" : publicHost;
}

/** The IP address to bind for what the setting names: `localhost` is the one name that may stand there. */
export function listenAddress(host: string): string {
  return host === "localhost" ? "127.0.0.1" : host;
}

/** The host under which a service on the same machine reaches what listens on `host`. */
export function innerHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
