interface OriginRules {
  /** The address that browsers use. */
  readonly publicUrl: string;
  /** Further origins, as browsers send them. */
  readonly allowedOrigins?: readonly string[];
}

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a page of this origin may act for its user. Allowed are the public URL's origin, the named ones and, where the
 * public URL is localhost, the machine's other local names on the same port. A request without an origin comes from no
 * browser, and is allowed.
 */
export function isAllowedOrigin(
  origin: string | null,
  { publicUrl, allowedOrigins = [] }: OriginRules,
): boolean {
  if (origin === null) return true;
  const own = new URL(publicUrl);
  if (origin === own.origin || allowedOrigins.includes(origin)) return true;
  const other = URL.parse(origin);
  return other !== null && LOOPBACK.has(own.hostname) && LOOPBACK.has(other.hostname) &&
    other.origin === origin && other.port === own.port && other.protocol === own.protocol;
}
