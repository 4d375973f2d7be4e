/**
 * The name of the session cookie of a page. Browsers keep cookies by host and not by port (RFC 6265 §8.5), so the port
 * is in the name: two deployments on one host leave each other's sessions alone.
 */
export function sessionCookieName(publicUrl: string): string {
  const { port } = new URL(publicUrl);
  return port === "" ? "dt_session" : `dt_session_${port}`;
}
