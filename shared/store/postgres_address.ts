/** What a URL of PostgreSQL says about its servers. */
export interface PostgresAddress {
  /** One or more, in the URL's order. */
  readonly servers: readonly PostgresServer[];
  /** Whether a connection to a server that can only be read is of no use. */
  readonly mustBeWritable: boolean;
  readonly database: string;
}

export interface PostgresServer {
  /** A name or an address; one of IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  /** The URL with this server alone, as the package `postgres` reads it. */
  readonly url: string;
}

const SHAPE = /^(?<start>postgres(ql)?:\/\/([^@/?#]*@)?)(?<hosts>[^@/?#]+)(?<rest>.*)$/;
const ATTRIBUTES = "target_session_attrs";

/**
 * Reads `postgres://user:password@host:port/database`, also with several `host:port` and commas between them. A URL of
 * several servers asks for the one that can be written. So does a URL of one server with
 * `?target_session_attrs=read-write`, or `primary`. `undefined` for anything else.
 */
export function parsePostgresUrl(url: string): PostgresAddress | undefined {
  const { start = "", hosts, rest = "" } = SHAPE.exec(url)?.groups ?? {};
  if (hosts === undefined) return undefined;
  const servers: PostgresServer[] = [];
  let database = "";
  let attributes: string | null = null;
  for (const host of hosts.split(",")) {
    const one = URL.parse(`${start}${host}${rest}`);
    if (one === null || host === "") return undefined;
    database = one.pathname.slice(1);
    attributes = one.searchParams.get(ATTRIBUTES);
    // The package takes a replica for one that can be written, and tries again without a pause.
    one.searchParams.delete(ATTRIBUTES);
    servers.push({
      host: one.hostname.replace(/^\[|\]$/g, ""),
      port: Number(one.port || 5432),
      url: one.href,
    });
  }
  if (attributes !== null && attributes !== "read-write" && attributes !== "primary") return undefined;
  return { servers, mustBeWritable: servers.length > 1 || attributes !== null, database };
}

/** The `host:port` of each server that a URL names, as a permission has it; none for what is no URL of PostgreSQL. */
export function databaseHosts(url: string): string[] {
  return parsePostgresUrl(url)?.servers.map(({ url, port }) => `${new URL(url).hostname}:${port}`) ?? [];
}
