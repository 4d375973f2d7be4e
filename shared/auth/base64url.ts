/** The last characters without spare bits, by the text's length modulo 4. */
const LAST: Readonly<Record<number, string>> = { 2: "AQgw", 3: "AEIMQUYcgkosw048" };

/**
 * Whether a text is the canonical base64url encoding of its bytes (RFC 4648 §3.5, §5): without padding, blanks or spare
 * bits. A decoder takes other spellings, too, so that one signed token could be written in several ways.
 */
export function isCanonicalBase64url(text: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return false;
  const beyond = text.length % 4;
  if (beyond === 0) return true;
  return LAST[beyond]?.includes(text.slice(-1)) ?? false;
}
