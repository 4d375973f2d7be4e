/** What a JWT says, unverified: to show it, or to tell one person from another. Throws where it is no JWT. */
export function tokenPayload(token: string): unknown {
  const payload = token.split(".")[1] ?? "";
  const bytes = Uint8Array.from(
    atob(payload.replaceAll("-", "+").replaceAll("_", "/")),
    (character) => character.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}
