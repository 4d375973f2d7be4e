/** A cookie as a server sets it, RFC 6265 §4.1. */
export interface Cookie {
  /** The name, a token. */
  name: string;
  /** The value: US-ASCII without control characters, spaces, quotes, commas, semicolons, backslashes. */
  value: string;
  /** When it ends: a date, or milliseconds since the epoch. */
  expires?: Date | number;
  /** For how many seconds it lives; 0 ends it at once. */
  maxAge?: number;
  /** The hosts that it is sent to. */
  domain?: string;
  /** The path at and below which it is sent. */
  path?: string;
  /** Sent over HTTPS alone. */
  secure?: boolean;
  /** Out of reach for scripts. */
  httpOnly?: boolean;
  /** Kept apart for each site that embeds this one. */
  partitioned?: boolean;
  /** Whether it goes along with requests from other sites. */
  sameSite?: "Strict" | "Lax" | "None";
  /** Further attributes, each `key=value`. */
  unparsed?: string[];
}

const token = /^[!#$%&'*+\-.^_`|~/0-9A-Za-z]+$/;
const forbiddenInValue = /[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/;
const forbiddenInPath = /[^\x20-\x3a\x3c-\x7e]/;

function checkValue(name: string, value: string): void {
  const [character] = forbiddenInValue.exec(value) ?? [];
  if (character === undefined) return;
  throw new SyntaxError(
    character > "\x7f"
      ? `RFC2616 cookie '${name}' can only have US-ASCII chars as value: It contains 0x${
        character.charCodeAt(0).toString(16)
      }`
      : `RFC2616 cookie '${name}' cannot contain character '${character}'`,
  );
}

function checkPath(path: string): void {
  const [character] = forbiddenInPath.exec(path) ?? [];
  if (character !== undefined) {
    throw new SyntaxError(`${path}: Invalid cookie path char '${character}'`);
  }
}

function checkDomain(domain: string): void {
  if (/^-|[.-]$/.test(domain)) {
    throw new SyntaxError(
      `Invalid first/last char in cookie domain: ${domain}`,
    );
  }
}

/** What the prefix of a name promises to the browser, RFC 6265bis §4.1.3, so that it keeps the cookie. */
function withPrefixRules(cookie: Cookie): Cookie {
  if (cookie.name.startsWith("__Host")) {
    const { domain: _, ...rest } = cookie;
    return { ...rest, path: "/", secure: true };
  }
  return cookie.name.startsWith("__Secure") ? { ...cookie, secure: true } : cookie;
}

function toHeader(given: Cookie): string {
  if (!token.test(given.name)) {
    throw new SyntaxError(`Invalid cookie name: "${given.name}".`);
  }
  checkValue(given.name, given.value);
  const cookie = withPrefixRules(given);
  const out = [`${cookie.name}=${cookie.value}`];
  if (cookie.secure) out.push("Secure");
  if (cookie.httpOnly) out.push("HttpOnly");
  if (cookie.partitioned) out.push("Partitioned");
  if (cookie.maxAge !== undefined && Number.isInteger(cookie.maxAge)) {
    if (cookie.maxAge < 0) {
      throw new RangeError(
        "Max-Age must be an integer superior or equal to 0. Cookie ignored.",
      );
    }
    out.push(`Max-Age=${cookie.maxAge}`);
  }
  if (cookie.domain) {
    checkDomain(cookie.domain);
    out.push(`Domain=${cookie.domain}`);
  }
  if (cookie.sameSite) out.push(`SameSite=${cookie.sameSite}`);
  if (cookie.path) {
    checkPath(cookie.path);
    out.push(`Path=${cookie.path}`);
  }
  if (cookie.expires !== undefined) {
    out.push(`Expires=${new Date(cookie.expires).toUTCString()}`);
  }
  if (cookie.unparsed) out.push(cookie.unparsed.join("; "));
  return out.join("; ");
}

/**
 * The cookies of a request, by name; of two with the same name the later one.
 *
 * @example
 * ```ts
 * getCookies(new Headers({ cookie: "full=of; tasty=chocolate" })); // { full: "of", tasty: "chocolate" }
 * ```
 */
export function getCookies(headers: Headers): Record<string, string> {
  const header = headers.get("cookie");
  if (header === null) return {};
  return Object.fromEntries(
    header.split(";").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name.trim(), value.join("=")];
    }),
  );
}

/**
 * Appends a `Set-Cookie` header; a cookie without a name is left out.
 *
 * @throws {SyntaxError} when the name, value, path or domain has a character that it must not have.
 * @throws {RangeError} when `maxAge` is negative.
 */
export function setCookie(headers: Headers, cookie: Cookie): void {
  if (cookie.name) headers.append("set-cookie", toHeader(cookie));
}

/**
 * Appends a `Set-Cookie` header that makes the browser drop a cookie. The attributes have to be those that it was set
 * with.
 */
export function deleteCookie(
  headers: Headers,
  name: string,
  attributes?: Pick<
    Cookie,
    "path" | "domain" | "secure" | "httpOnly" | "partitioned"
  >,
): void {
  setCookie(headers, { name, value: "", expires: new Date(0), ...attributes });
}
