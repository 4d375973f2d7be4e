import fc from "fast-check";
import { CLIENTS, OPERATOR } from "../start_auth.ts";

/** Every route of AC, and one that isn't; a test holds them against what is declared. */
export const ROUTES = [
  "/api/v1/auth/register",
  "/api/v1/auth/user/token",
  "/api/v1/auth/user/refresh",
  "/api/v1/auth/user/logout",
  "/api/v1/auth/user/password",
  "/api/v1/auth/service/token",
  "/api/v1/auth/internal/meeting-token",
  "/api/v1/auth/internal/rotate-keys",
  "/api/v1/auth/internal/audit",
  "/api/v1/auth/internal/disabled-users",
  "/api/v1/admin/clients",
  "/api/v1/admin/clients/:client_id",
  "/api/v1/admin/clients/:client_id/rotate-secret",
  "/api/v1/admin/users",
  "/api/v1/admin/users/:user_id",
  "/api/v1/admin/invitations",
  "/api/v1/admin/audit",
  "/.well-known/jwks.json",
  "/.well-known/oauth-authorization-server",
  "/health",
  "/ready",
  "/metrics",
  "/debug/actors",
  "/",
];

const NAMES = [
  ...["email", "password", "display_name", "organization", "invitation", "current_password", "new_password"],
  ...[
    "grant_type",
    "scope",
    "client_id",
    "client_secret",
    "service_type",
    "disabled",
    "roles",
    "ttl_seconds",
  ],
  ...[
    "sub",
    "meeting_id",
    "capabilities",
    "grace_seconds",
    "__proto__",
    "constructor",
    "limit",
    "cursor",
    "type",
    "entries",
    "since",
  ],
];

const WORDS = [
  ...[OPERATOR.email, "a long enough password", "client_credentials", "service.link.mh", "member", "meeting"],
  ...[
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    "../../etc/passwd",
    "\0",
    "\r\nx-injected: 1",
    "%00",
    "${1+1}",
  ],
  ...["𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\ud800", "a".repeat(300), "-1", "1e309", "NaN", "null", ""],
];

/** A request before it is sent. */
export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 40 }));
const value = fc.oneof(
  word,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(word, { maxLength: 4 }),
  fc.jsonValue(),
);
const object = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 12 })), value, {
  maxKeys: 8,
});

/** What lets a shot get past the doors, and what it may then do something to. */
export interface Targets {
  readonly tokens: readonly string[];
  readonly clientId: string;
  readonly userId: string;
}

/** Shots at every route: well-formed, mutated and random. */
export function shots({ tokens, clientId, userId }: Targets): fc.Arbitrary<Shot> {
  const paths = ROUTES.map((route) => route.replace(":client_id", clientId).replace(":user_id", userId));
  const { client_id, client_secret } = CLIENTS.meeting;
  const credentials = fc.oneof(
    fc.constantFrom(
      ...tokens.map((token) => `Bearer ${token}`),
      `Basic ${btoa(`${client_id}:${client_secret}`)}`,
    ),
    fc.base64String({ maxLength: 60 }).map((text) => `Basic ${text}`),
    fc.tuple(fc.constantFrom(...tokens), fc.nat(), fc.base64String({ maxLength: 4 })).map(
      ([token, at, text]) => {
        const cut = at % token.length;
        return `Bearer ${token.slice(0, cut)}${text}${token.slice(cut + 1)}`;
      },
    ),
  );
  const path = fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...paths) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...paths), fc.webPath()).map(([a, b]) => a + b) },
      { weight: 1, arbitrary: fc.webPath().map((text) => text === "" ? "/" : text) },
    ),
    fc.option(fc.webQueryParameters(), { nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom(...NAMES), word), { nil: undefined }),
  ).map(([base, query, own]) => {
    const more = own === undefined ? undefined : `${own[0]}=${encodeURIComponent(own[1].toWellFormed())}`;
    const all = [query, more].filter((part) => part !== undefined).join("&");
    return all === "" ? base : `${base}?${all}`;
  });
  const body = fc.oneof(
    object.map((given) => JSON.stringify(given)),
    object.map((given) =>
      new URLSearchParams(Object.entries(given).map(([name, inner]) => [name, JSON.stringify(inner)]))
        .toString()
    ),
    fc.tuple(object, fc.nat(), fc.string({ maxLength: 5 })).map(([given, at, text]) => {
      const json = JSON.stringify(given);
      const cut = at % json.length;
      return json.slice(0, cut) + text + json.slice(cut + 2);
    }),
    fc.constantFrom("", "[".repeat(5000), "{}", "null", `"${"x".repeat(70_000)}"`),
    fc.string({ maxLength: 200 }),
  );
  return fc.record({
    method: fc.constantFrom("GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    path,
    headers: fc.record({
      "content-type": fc.constantFrom(
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-16",
        "multipart/form-data",
      ),
      authorization: credentials,
      cookie: fc.oneof(
        fc.base64String({ maxLength: 50 }).map((text) => `dt_session=${text}`),
        fc.constant(`dt_session=x.${"A".repeat(43)}`),
      ),
      origin: fc.constantFrom("http://localhost:8080", "http://evil.example", "null"),
      "x-forwarded-for": fc.constantFrom("203.0.113.1", "not an address", "1.1.1.1, 2.2.2.2"),
      "content-encoding": fc.constantFrom("identity", "gzip"),
      "x-request-id": fc.constantFrom("well-formed-id-1", "<script>"),
    }, { requiredKeys: [] }),
    body,
  }).map(({ body, ...rest }) => ({
    ...rest,
    body: ["GET", "HEAD"].includes(rest.method) ? undefined : body,
  }));
}
