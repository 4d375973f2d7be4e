/** Standard base64 with padding, RFC 4648 §4. */
export function encodeBase64(data: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(data)));
}
