import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { cookieOf, ISSUER, startAuth } from "../start_auth.ts";

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
  assertEquals(rest, { organization: "default", token_type: "Bearer", expires_in: 3600 });
  const { kid, ...header } = decodeProtectedHeader(access_token);
  assertEquals(header, { alg: "EdDSA", typ: "at+jwt" });
  assertMatch(String(kid), /^[\w-]+$/);
  const { iat = 0, exp = 0, jti, org_id, scope, ...claims } = decodeJwt(access_token);
  const who = { sub: user_id, roles: ["member"], name: "Ada", client_id: "web" };
  assertEquals(claims, { iss: ISSUER, aud: "darktower:api", ...who });
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

/** AC with a wall clock that the test moves. */
async function clocked() {
  let now = Date.now();
  const auth = await startAuth({}, { now: () => now });
  const renewed = async (cookie: string) => {
    const answer = await refresh(auth.url, cookie);
    await answer.body?.cancel();
    return [answer.status, cookieOf(answer)] as const;
  };
  return { auth, renewed, later: (seconds: number) => now += seconds * 1000 };
}

Deno.test("session › a refresh gives a new secret, and within seconds none to a second tab", async () => {
  const { auth, renewed, later } = await clocked();
  await using _ = auth;
  const { cookie: first } = await auth.register("ada@example.org");
  assertEquals(await renewed(first), [200, ""]);
  later(60);
  const [status, second] = await renewed(first);
  assertEquals([status, second === first, second === ""], [200, false, false]);
  assertEquals(await renewed(first), [200, ""]);
  assertEquals(await renewed(second), [200, ""]);
  later(60);
  const [, third] = await renewed(second);
  assertNotEquals(third, second);
  assertEquals((await renewed(third))[0], 200);
});

Deno.test("session › an answer that got lost signs nobody out, however late they come back", async () => {
  const { auth, renewed, later } = await clocked();
  await using _ = auth;
  const { cookie: first } = await auth.register("ada@example.org");
  later(60);
  await renewed(first);
  later(3000);
  const [status, second] = await renewed(first);
  assertEquals([status, second === ""], [200, false]);
  later(60);
  assertEquals((await renewed(second))[0], 200);
});

Deno.test("session › a secret that two use ends it for both, and is on record", async () => {
  const { auth, renewed, later } = await clocked();
  await using _ = auth;
  const { cookie: copied, user_id } = await auth.register("ada@example.org");
  later(60);
  const [, next] = await renewed(copied);
  later(60);
  const [, last] = await renewed(next);
  later(60);
  // One of the two has got this far; now the other comes with what both had.
  assertEquals((await renewed(copied))[0], 401);
  assertEquals((await renewed(last))[0], 401);
  const token = await auth.operatorToken();
  const recorded = async (): Promise<{ subject: string }[]> => {
    const answer = await fetch(`${auth.url}/api/v1/admin/audit?result=session_secret_reused`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()).items;
  };
  let items = await recorded();
  // Entries are gathered for a moment.
  while (items.length === 0) items = await recorded();
  assertEquals(items.map(({ subject }) => subject), [user_id]);
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

Deno.test("session › a page of an origin that was allowed renews it as the platform's own does", async () => {
  await using auth = await startAuth({ DT_ALLOWED_ORIGINS: "https://app.example.org" });
  const { cookie } = await auth.register("ada@example.org");
  for (
    const [origin, status] of [["https://app.example.org", 200], ["https://other.example.org", 403]] as const
  ) {
    const answer = await refresh(auth.url, cookie, { origin });
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  }
});

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
