/** A Redis server, or the Sentinels that know which one is the master. */
export interface RedisAddress {
  /** One server, or all Sentinels. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The name by which the Sentinels know the master; `undefined` for a server. */
  readonly master: string | undefined;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** What all keys start with: several deployments may share a server. */
  readonly prefix: string;
}

const SHAPE =
  /^redis(?<tls>s)?(?<sentinel>\+sentinel)?:\/\/((?<username>[^:@/]*)(:(?<password>[^@/]*))?@)?(?<nodes>[^@/?#]+)(\/(?<path>[^?#]*))?(\?(?<query>[^#]*))?$/;

/**
 * Reads `redis://user:password@host:port/database?prefix=…`, `rediss://…` for TLS, and
 * `redis+sentinel://user:password@host:port,host:port/master?database=…&prefix=…` (`rediss+sentinel`).
 * `undefined` for anything else.
 */
export function parseRedisUrl(url: string): RedisAddress | undefined {
  const parts = SHAPE.exec(url)?.groups;
  if (parts === undefined) return undefined;
  const { tls, sentinel, username, password, nodes = "", path = "", query = "" } = parts;
  const isSentinel = sentinel !== undefined;
  const read = nodes.split(",").map((node) => nodeOf(node, isSentinel ? 26379 : 6379));
  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].some((key) => key !== "prefix" && !(isSentinel && key === "database"));
  const database = Number(isSentinel ? options.get("database") ?? 0 : path === "" ? 0 : path);
  if (unknown || !read.every((node) => node !== undefined) || !Number.isInteger(database) || database < 0) {
    return undefined;
  }
  if (isSentinel ? !/^[^/]+$/.test(path) : read.length > 1) return undefined;
  return {
    nodes: read,
    master: isSentinel ? decodeURIComponent(path) : undefined,
    tls: tls !== undefined,
    username: username ? decodeURIComponent(username) : undefined,
    password: password ? decodeURIComponent(password) : undefined,
    database,
    prefix: options.get("prefix") ?? "dt:",
  };
}

function nodeOf(text: string, defaultPort: number): { host: string; port: number } | undefined {
  const parsed = URL.parse(`http://${text}`);
  if (parsed === null || parsed.pathname !== "/") return undefined;
  // `http` leaves its own default port out.
  const port = parsed.port !== "" ? Number(parsed.port) : text.endsWith(":80") ? 80 : defaultPort;
  return { host: parsed.hostname.replace(/^\[|\]$/g, ""), port };
}
