/** 256 random bits as text. */
export function randomSecret(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  alphabet: "base64" | "base64url",
): string {
  return random(new Uint8Array(32)).toBase64({ alphabet, omitPadding: alphabet === "base64url" });
}
