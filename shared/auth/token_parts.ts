import { z } from "zod";
import { RecentMap } from "../recent_map.ts";
import { isCanonicalBase64url } from "./base64url.ts";

/** The members of a valid header. A header with others (`jku`, `jwk`, `x5c`, `crit`, …) is refused. */
const tokenHeader = z.strictObject({
  alg: z.literal("EdDSA"),
  kid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  typ: z.string().max(32),
});

export type TokenHeader = z.infer<typeof tokenHeader>;

export interface TokenParts {
  /** `undefined` if the header has other members. */
  readonly header: TokenHeader | undefined;
  /** The unchecked claims. */
  readonly payload: unknown;
}

/** An Ed25519 signature is 64 bytes: 86 characters. */
const SIGNATURE_LENGTH = 86;

/** How many parsed headers are remembered. All tokens of one type by one key have the same header. */
const HEADERS = 16;

export type TokenParser = (token: string) => TokenParts | undefined;

/** Makes the function that takes compact JWSs (RFC 7515) apart; `undefined` for a text that is none, or not canonical. */
export function tokenParser(): TokenParser {
  const headers = new RecentMap<string, TokenHeader>(HEADERS);

  function headerOf(segment: string): TokenHeader | undefined {
    const known = headers.get(segment);
    if (known !== undefined) return known;
    const parsed = tokenHeader.safeParse(decode(segment));
    if (!parsed.success) return undefined;
    headers.set(segment, parsed.data);
    return parsed.data;
  }

  return (token) => {
    const first = token.indexOf(".");
    const last = token.length - SIGNATURE_LENGTH - 1;
    if (first === -1 || first >= last || token[last] !== ".") return undefined;
    const header = token.slice(0, first);
    const payload = token.slice(first + 1, last);
    if (![header, payload, token.slice(last + 1)].every(isCanonicalBase64url)) return undefined;
    try {
      return { header: headerOf(header), payload: decode(payload) };
    } catch {
      return undefined;
    }
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Refuses an object with a duplicate member, which two parsers could read differently. */
function decode(segment: string): unknown {
  const text = decoder.decode(Uint8Array.fromBase64(segment, { alphabet: "base64url" }));
  const value: unknown = JSON.parse(text);
  if (JSON.stringify(value) !== text) throw new SyntaxError("not the JSON that it stands for");
  return value;
}
