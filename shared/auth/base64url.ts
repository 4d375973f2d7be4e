/** The last characters that encode no bits beyond the last byte, by how many characters there are too many. */
const LAST: Readonly<Record<number, string>> = { 2: "AQgw", 3: "AEIMQUYcgkosw048" };

/**
 * Whether a text is the one base64url encoding of its bytes (RFC 4648 §3.5, §5): without padding, blanks or spare
 * bits. A decoder takes others too, which would let one signed token be written in several ways.
 */
export function isCanonicalBase64url(text: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return false;
  const beyond = text.length % 4;
  if (beyond === 0) return true;
  return LAST[beyond]?.includes(text.slice(-1)) ?? false;
}
