import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { cookieOf, ISSUER, OPERATOR, startAuth } from "./start_auth.ts";

const refresh = (url: string, cookie: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/auth/user/refresh`, { method: "POST", headers: { cookie, ...headers } });

Deno.test("register › gives an account, a token with the contract's claims, and a session", async () => {
  await using auth = await startAuth();
  const answer = await auth.post("/api/v1/auth/register", {
    email: "Ada@Example.org",
    password: "a long enough password",
    display_name: "Ada",
  });
  assertEquals(answer.status, 201);
  const { user_id, access_token, ...rest } = await answer.json();
  assertEquals(rest, { token_type: "Bearer", expires_in: 3600 });
  const { kid, ...header } = decodeProtectedHeader(access_token);
  assertEquals(header, { alg: "EdDSA", typ: "at+jwt" });
  assertMatch(String(kid), /^[\w-]+$/);
  const { iat = 0, exp = 0, jti, org_id, scope, ...claims } = decodeJwt(access_token);
  assertEquals(claims, { iss: ISSUER, aud: "darktower:api", sub: user_id, roles: ["member"], name: "Ada" });
  assertEquals(exp - iat, 3600);
  for (const text of [jti, org_id, scope]) assertEquals(typeof text, "string");
  assertEquals(JSON.stringify(decodeJwt(access_token)).toLowerCase().includes("example.org"), false);
  assertEquals((await refresh(auth.url, cookieOf(answer))).status, 200);
});

Deno.test("register › the same address again is 409, whatever its case", async () => {
  await using auth = await startAuth();
  await auth.register("ada@example.org");
  const again = await auth.post("/api/v1/auth/register", {
    email: "ADA@example.org",
    password: "another long password",
    display_name: "Eve",
  });
  assertEquals([again.status, (await again.json()).error.code], [409, "EMAIL_TAKEN"]);
});

Deno.test("register › an organisation that is closed or does not exist takes nobody", async () => {
  await using auth = await startAuth();
  const answer = await auth.post("/api/v1/auth/register", {
    email: "ada@example.org",
    password: "a long enough password",
    display_name: "Ada",
    organization: "nowhere",
  });
  assertEquals([answer.status, (await answer.json()).error.code], [403, "REGISTRATION_CLOSED"]);
});

Deno.test("register › a short password or an unknown field is 400 with its path", async () => {
  await using auth = await startAuth();
  const answer = await auth.post("/api/v1/auth/register", {
    email: "ada@example.org",
    password: "short",
    display_name: "Ada",
    roles: ["operator"],
  });
  const { error } = await answer.json();
  assertEquals(answer.status, 400);
  assertEquals(error.details.map((detail: { path: string }) => detail.path).sort(), ["password", "roles"]);
});

Deno.test("register › one address may register only so many an hour", async () => {
  await using auth = await startAuth({ DT_LIMIT_REGISTRATIONS_PER_HOUR: "2" });
  await auth.register("a@example.org");
  await auth.register("b@example.org");
  const answer = await auth.post("/api/v1/auth/register", {});
  assertEquals(answer.status, 429);
  const { error } = await answer.json();
  assertEquals(error.code, "RATE_LIMITED");
  assertEquals(answer.headers.get("retry-after"), String(error.retry_after_seconds));
});

Deno.test("login › gives a token and a session whose cookie no script can read", async () => {
  await using auth = await startAuth();
  const answer = await auth.post("/api/v1/auth/user/token", OPERATOR);
  assertEquals(answer.status, 200);
  const cookie = answer.headers.getSetCookie().join();
  for (const attribute of ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth/user", "Max-Age=2592000"]) {
    assertEquals(cookie.includes(attribute), true, attribute);
  }
  assertEquals(cookie.includes("Secure"), false);
  const { access_token, ...rest } = await answer.json();
  assertEquals(Object.keys(rest).sort(), ["expires_in", "scope", "token_type"]);
  assertEquals(decodeJwt(access_token)["roles"], ["member", "admin", "operator"]);
});

Deno.test("login › behind TLS the cookie is Secure", async () => {
  await using auth = await startAuth({ DT_ISSUER: "https://meet.example.org" });
  const answer = await auth.post("/api/v1/auth/user/token", OPERATOR);
  assertEquals(answer.headers.getSetCookie().join().includes("Secure"), true);
  await answer.body?.cancel();
});

Deno.test("login › a wrong password and an unknown account get the same answer", async () => {
  await using auth = await startAuth();
  const answers = [
    await auth.post("/api/v1/auth/user/token", { ...OPERATOR, password: "wrong" }),
    await auth.post("/api/v1/auth/user/token", { email: "nobody@example.org", password: "wrong" }),
    await auth.post("/api/v1/auth/user/token", { ...OPERATOR, organization: "nowhere" }),
  ];
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  assertEquals(answers.map((answer) => answer.status), [401, 401, 401]);
  assertEquals(new Set(bodies).size, 1);
});

Deno.test("login › after five failures an account has to wait, known or not, but only from that address", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600" });
  for (const email of [OPERATOR.email, "nobody@example.org"]) {
    const attempt = () => auth.post("/api/v1/auth/user/token", { email, password: "wrong" });
    const answers = await Promise.all(Array.from({ length: 8 }, attempt));
    for (const answer of answers) await answer.body?.cancel();
    assertEquals(answers.filter((answer) => answer.status === 401).length, 5);
    const refused = answers.filter((answer) => answer.status === 429);
    assertEquals(refused.map((answer) => Number(answer.headers.get("retry-after")) > 0), [true, true, true]);
  }
  const right = await auth.post("/api/v1/auth/user/token", OPERATOR);
  assertEquals([right.status, (await right.json()).error.code], [429, "TOO_MANY_ATTEMPTS"]);
  const token = await auth.serviceToken("global", "service.forward-address.ac");
  const elsewhere = await auth.post("/api/v1/auth/user/token", OPERATOR, {
    "dt-client-address": "203.0.113.9",
    "dt-client-host": "localhost",
    "dt-gateway-token": token,
  });
  assertEquals(elsewhere.status, 200);
  await elsewhere.body?.cancel();
});

Deno.test("login › naming the organisation or not is the same account to the back-off", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600" });
  const statuses: number[] = [];
  for (const organization of [undefined, "default", undefined, "default", undefined, "default"]) {
    const body = { ...OPERATOR, password: "wrong", ...(organization === undefined ? {} : { organization }) };
    const answer = await auth.post("/api/v1/auth/user/token", body);
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assertEquals(statuses, [401, 401, 401, 401, 401, 429]);
});

Deno.test("address › a client can't choose its own without a gateway's token", async () => {
  await using auth = await startAuth({ DT_LIMIT_REGISTRATIONS_PER_HOUR: "1" });
  const statuses: number[] = [];
  for (const token of ["", "nonsense", await auth.serviceToken("meeting", "service.link.mh")]) {
    const answer = await auth.post("/api/v1/auth/register", {}, {
      "dt-client-address": `203.0.113.${statuses.length}`,
      "dt-gateway-token": token,
      "x-forwarded-for": `203.0.113.${statuses.length}`,
    });
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assertEquals(statuses, [400, 429, 429]);
});

Deno.test("login › when too many passwords wait to be hashed the next is 503 at once", async () => {
  await using auth = await startAuth({ DT_LIMIT_PASSWORD_WORKERS: "1", DT_LIMIT_PASSWORD_WAITING: "1" });
  const attempt = (_: unknown, index: number) =>
    auth.post("/api/v1/auth/user/token", { email: `${index}@example.org`, password: "wrong" });
  const answers = await Promise.all(Array.from({ length: 12 }, attempt));
  const refused = answers.filter((answer) => answer.status === 503);
  assertEquals(refused.length > 0, true);
  assertEquals(refused.every((answer) => answer.headers.get("retry-after") === "1"), true);
  assertEquals(answers.filter((answer) => answer.status === 401).length > 0, true);
  for (const answer of answers) await answer.body?.cancel();
});

Deno.test("session › each refresh gives a new secret; the last one counts for a lost answer only", async () => {
  await using auth = await startAuth();
  const { cookie: first } = await auth.register("ada@example.org");
  const one = await refresh(auth.url, first);
  assertEquals(one.status, 200);
  assertEquals(typeof (await one.json()).access_token, "string");
  const second = cookieOf(one);
  assertNotEquals(second, first);
  const lost = await refresh(auth.url, first);
  assertEquals([lost.status, lost.headers.getSetCookie()], [200, []]);
  await lost.body?.cancel();
  const third = cookieOf(await refresh(auth.url, second));
  const stolen = await refresh(auth.url, first);
  assertEquals([stolen.status, (await stolen.json()).error.code], [401, "NO_SESSION"]);
  assertEquals((await refresh(auth.url, third)).status, 200);
});

Deno.test("session › logging out ends it", async () => {
  await using auth = await startAuth();
  const { cookie } = await auth.register("ada@example.org");
  const out = await fetch(`${auth.url}/api/v1/auth/user/logout`, { method: "POST", headers: { cookie } });
  assertEquals(out.status, 204);
  assertEquals((await refresh(auth.url, cookie)).status, 401);
});

const origins: [origin: string, status: number][] = [
  [ISSUER, 200],
  ["http://127.0.0.1:8080", 200],
  ["http://localhost:3000", 403],
  ["https://localhost:8080", 403],
  ["http://evil.example", 403],
  ["http://localhost:8080.evil.example", 403],
  ["null", 403],
];
for (const [origin, status] of origins) {
  Deno.test(`session › a page of ${origin} gets ${status}`, async () => {
    await using auth = await startAuth();
    const { cookie } = await auth.register("ada@example.org");
    const answer = await refresh(auth.url, cookie, { origin });
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  });
}

for (
  const cookie of ["", "dt_session=", "dt_session=x.y", "dt_session=a.b.c", `dt_session=x.${"A".repeat(43)}`]
) {
  Deno.test(`session › the cookie "${cookie.slice(0, 20)}" is none`, async () => {
    await using auth = await startAuth();
    const answer = await refresh(auth.url, cookie);
    assertEquals([answer.status, (await answer.json()).error.code], [401, "NO_SESSION"]);
  });
}

Deno.test("password › changing it ends the other sessions, and only the new one counts", async () => {
  await using auth = await startAuth();
  const { access_token, cookie } = await auth.register("ada@example.org", "the first password");
  const login = (password: string) =>
    auth.post("/api/v1/auth/user/token", { email: "ada@example.org", password });
  const other = cookieOf(await login("the first password"));
  const change = (current_password: string) =>
    fetch(`${auth.url}/api/v1/auth/user/password`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${access_token}`, cookie },
      body: JSON.stringify({ current_password, new_password: "the second password" }),
    });
  assertEquals((await change("not the password")).status, 401);
  assertEquals((await change("the first password")).status, 204);
  assertEquals((await refresh(auth.url, other)).status, 401);
  assertEquals((await refresh(auth.url, cookie)).status, 200);
  assertEquals((await login("the first password")).status, 401);
  assertEquals((await login("the second password")).status, 200);
});

Deno.test("password › who guesses at it with a stolen token has no more tries than at the login", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600" });
  const { access_token } = await auth.register("ada@example.org", "the first password");
  const guess = () =>
    fetch(`${auth.url}/api/v1/auth/user/password`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${access_token}` },
      body: JSON.stringify({ current_password: "a wrong password", new_password: "the second password" }),
    });
  const statuses: number[] = [];
  for (let failure = 0; failure < 5; failure++) statuses.push((await guess()).status);
  assertEquals(statuses, [401, 401, 401, 401, 401]);
  const login = await auth.post("/api/v1/auth/user/token", {
    email: "ada@example.org",
    password: "the first password",
  });
  assertEquals([login.status, (await login.json()).error.code], [429, "TOO_MANY_ATTEMPTS"]);
});
