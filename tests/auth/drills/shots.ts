import fc from "fast-check";
import { CLIENTS, OPERATOR } from "../start_auth.ts";

const PASSWORD = "a long enough password";

/** A route: the methods that it takes, and a body that it takes too. */
interface Target {
  readonly methods: readonly string[];
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Every route of AC, and one that isn't; a test holds them against what is declared. */
export const ROUTES: Readonly<Record<string, Target>> = {
  "/api/v1/auth/register": {
    methods: ["POST"],
    body: { email: "new@example.org", password: PASSWORD, display_name: "New" },
  },
  "/api/v1/auth/user/token": { methods: ["POST"], body: OPERATOR },
  "/api/v1/auth/user/refresh": { methods: ["POST"] },
  "/api/v1/auth/user/logout": { methods: ["POST"] },
  "/api/v1/auth/user/password": {
    methods: ["PUT"],
    body: { current_password: PASSWORD, new_password: PASSWORD },
  },
  "/api/v1/auth/service/token": { methods: ["POST"], body: { grant_type: "client_credentials" } },
  "/api/v1/auth/internal/meeting-token": {
    methods: ["POST"],
    body: {
      ...{ sub: "u", meeting_id: "m", meeting_org_id: "o", home_org_id: "o", participant_type: "guest" },
      ...{ role: "guest", capabilities: ["chat"], display_name: "Guest" },
    },
  },
  "/api/v1/auth/internal/rotate-keys": { methods: ["POST"] },
  "/api/v1/auth/internal/audit": { methods: ["POST"], body: { entries: [] } },
  "/api/v1/auth/internal/disabled-users": { methods: ["GET"] },
  "/api/v1/admin/clients": {
    methods: ["GET", "POST"],
    body: { service_type: "x", scope: "service.link.mh" },
  },
  "/api/v1/admin/clients/:client_id": {
    methods: ["GET", "PATCH"],
    body: { display_name: "Changed", disabled: false },
  },
  "/api/v1/admin/clients/:client_id/rotate-secret": { methods: ["POST"], body: { grace_seconds: 60 } },
  "/api/v1/admin/users": {
    methods: ["GET", "POST"],
    body: { email: "made@example.org", password: PASSWORD, display_name: "Made", roles: ["member"] },
  },
  "/api/v1/admin/users/:user_id": { methods: ["GET", "PATCH"], body: { disabled: true, roles: ["member"] } },
  "/api/v1/admin/invitations/:invitation_id": { methods: ["DELETE"] },
  "/api/v1/admin/invitations": {
    methods: ["GET", "POST"],
    body: { roles: ["member"], expires_in_seconds: 60 },
  },
  "/api/v1/admin/audit": { methods: ["GET"] },
  "/.well-known/jwks.json": { methods: ["GET"] },
  "/.well-known/oauth-authorization-server": { methods: ["GET"] },
  "/health": { methods: ["GET"] },
  "/ready": { methods: ["GET"] },
  "/metrics": { methods: ["GET"] },
  "/debug/actors": { methods: ["GET"] },
  "/": { methods: ["GET"] },
};

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

/** Shots at every route: well-formed ones, those with one thing changed, and random ones. */
export function shots(targets: Targets): fc.Arbitrary<Shot> {
  const { clientId, userId } = targets;
  return fc.constantFrom(...Object.entries(ROUTES)).chain(([route, { methods, body }]) => {
    const path = route.replace(":client_id", clientId).replace(":user_id", userId);
    return fc.record({
      method: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...methods) },
        { weight: 1, arbitrary: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS") },
      ),
      path: addresses(path),
      headers: headersFor(targets, route),
      body: fc.oneof(
        { weight: 3, arbitrary: changed(body ?? {}).map((given) => encoded(route, given)) },
        { weight: 2, arbitrary: randomBodies },
      ),
    });
  }).map(({ body, ...rest }) => ({
    ...rest,
    body: ["GET", "HEAD"].includes(rest.method) ? undefined : body,
  }));
}

/** A route's address, sometimes with more behind it, and with queries of all kinds. */
function addresses(path: string): fc.Arbitrary<string> {
  return fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(path) },
      { weight: 1, arbitrary: fc.webPath().map((more) => path + more) },
      { weight: 1, arbitrary: fc.webPath().map((text) => text === "" ? "/" : text) },
    ),
    fc.option(fc.webQueryParameters(), { nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom(...NAMES), word), { nil: undefined }),
  ).map(([base, query, own]) => {
    const more = own === undefined ? undefined : `${own[0]}=${encodeURIComponent(own[1].toWellFormed())}`;
    const all = [query, more].filter((part) => part !== undefined).join("&");
    return all === "" ? base : `${base}?${all}`;
  });
}

/** A good body as it is, or with one of its fields, or another one, being anything. */
function changed(body: Readonly<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const names = fc.constantFrom(...Object.keys(body), ...NAMES);
  return fc.option(fc.tuple(names, value), { nil: undefined, freq: 3 }).map((change) =>
    change === undefined ? { ...body } : { ...body, [change[0]]: change[1] }
  );
}

const FORM = "application/x-www-form-urlencoded";
const TOKEN_ENDPOINT = "/api/v1/auth/service/token";

function encoded(route: string, body: Readonly<Record<string, unknown>>): string {
  return route === TOKEN_ENDPOINT
    ? new URLSearchParams(Object.entries(body).map(([name, inner]) => [name, String(inner)])).toString()
    : JSON.stringify(body);
}

const randomBodies = fc.oneof(
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

function headersFor({ tokens }: Targets, route: string): fc.Arbitrary<Record<string, string>> {
  const { client_id, client_secret } = CLIENTS.meeting;
  const basic = `Basic ${btoa(`${client_id}:${client_secret}`)}`;
  const good = route === TOKEN_ENDPOINT
    ? fc.constant(basic)
    : fc.constantFrom(...tokens.map((token) => `Bearer ${token}`));
  const credentials = fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 1, arbitrary: fc.base64String({ maxLength: 60 }).map((text) => `Basic ${text}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...tokens), fc.nat(), fc.base64String({ maxLength: 4 })).map(
        ([token, at, text]) => {
          const cut = at % token.length;
          return `Bearer ${token.slice(0, cut)}${text}${token.slice(cut + 1)}`;
        },
      ),
    },
  );
  const type = route === TOKEN_ENDPOINT ? FORM : "application/json";
  return fc.record({
    "content-type": fc.oneof(
      { weight: 5, arbitrary: fc.constant(type) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "application/json",
          FORM,
          "text/plain",
          "application/json; charset=utf-16",
          "multipart/form-data",
        ),
      },
    ),
    authorization: credentials,
    cookie: fc.oneof(
      fc.base64String({ maxLength: 50 }).map((text) => `dt_session_8080=${text}`),
      fc.constant(`dt_session_8080=x.${"A".repeat(43)}`),
    ),
    origin: fc.constantFrom("http://localhost:8080", "http://evil.example", "null"),
    "x-forwarded-for": fc.constantFrom("203.0.113.1", "not an address", "1.1.1.1, 2.2.2.2"),
    "content-encoding": fc.oneof(
      { weight: 5, arbitrary: fc.constant("identity") },
      { weight: 1, arbitrary: fc.constant("gzip") },
    ),
    "x-request-id": fc.constantFrom("well-formed-id-1", "<script>"),
  }, { requiredKeys: ["authorization", "content-type"] });
}
