interface OriginRules {
  /** The address that browsers use. */
  readonly publicUrl: string;
  /** Further origins, as browsers send them. */
  readonly allowedOrigins?: readonly string[];
}

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a page of this origin may act for its user: that of the public URL, one that was named, and, where the
 * public URL is this machine itself, its other names on the same port. No origin at all is no browser, and passes.
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
