/**
 * The address in ICE candidates for `publicHost`. `localhost` becomes an IP address, since not every browser resolves
 * names in candidates. Other names stay for the browser to resolve.
 */
export function announcedAddress(publicHost: string): string {
  return publicHost === "localhost" ? "127.0.0.1" : publicHost;
}

/** The IP address to bind. `host` is an IP address or `localhost`. */
export function listenAddress(host: string): string {
  return host === "localhost" ? "127.0.0.1" : host;
}

/** The host by which a service on the same machine reaches a listener on `host`. */
export function innerHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
