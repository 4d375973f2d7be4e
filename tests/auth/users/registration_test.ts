import { assertEquals, assertMatch } from "@std/assert";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import type { Tables } from "../../../auth/store/schema.ts";
import { connectDatabase } from "../../../shared/store/mod.ts";
import { addOrganization } from "../add_organization.ts";
import { BOOTSTRAP, cookieOf, ISSUER, OPERATOR, type RunningAuth, startAuth } from "../start_auth.ts";

const ACCOUNT = { email: "ada@example.org", password: "a long enough password", display_name: "Ada" };

/** The answers to registrations, one after the other. */
async function statusesOf(auth: RunningAuth, bodies: readonly unknown[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const body of bodies) {
    const answer = await auth.post("/api/v1/auth/register", body);
    await answer.body?.cancel();
    statuses.push(answer.status);
  }
  return statuses;
}

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

Deno.test("register › whether an organisation takes everybody is told, of one that doesn't exist like of a closed one", async () => {
  await using auth = await startAuth();
  await using store = await connectDatabase<Tables>({ kind: "sqlite", path: auth.database }, 1);
  await addOrganization(store, "closed");
  const ask = async (query: string) => {
    const answer = await fetch(`${auth.url}/api/v1/auth/register${query}`);
    return [answer.status, await answer.json()];
  };
  assertEquals(await ask(""), [200, { open: true }]);
  assertEquals(await ask("?organization=default"), [200, { open: true }]);
  assertEquals(await ask("?organization=closed"), [200, { open: false }]);
  assertEquals(await ask("?organization=nowhere"), [200, { open: false }]);
  assertEquals((await ask("?organization=No%20name"))[0], 400);
  assertEquals((await ask("?organization=closed&organization=default"))[0], 400);
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
  const answer = await auth.post("/api/v1/auth/register", ACCOUNT);
  assertEquals(answer.status, 429);
  const { error } = await answer.json();
  assertEquals(error.code, "RATE_LIMITED");
  assertEquals(answer.headers.get("retry-after"), String(error.retry_after_seconds));
});

Deno.test("register › what is refused before anything is looked up takes nothing of an address's hour", async () => {
  await using auth = await startAuth({ DT_LIMIT_REGISTRATIONS_PER_HOUR: "1" });
  const junk = [{}, { ...ACCOUNT, password: "weak" }, { ...ACCOUNT, email: "ada" }];
  assertEquals(await statusesOf(auth, junk), [400, 400, 400]);
  const guess = { ...ACCOUNT, invitation: "a guess" };
  assertEquals(await statusesOf(auth, [guess, guess, ACCOUNT]), [403, 429, 429]);
});

Deno.test("register › what doesn't count by the hour counts like a login", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGINS_PER_SECOND: "1", DT_LIMIT_LOGINS_BURST: "3" });
  const statuses = await statusesOf(auth, Array.from({ length: 40 }, () => ({})));
  assertEquals(statuses.slice(0, 3), [400, 400, 400]);
  assertEquals(statuses.includes(429), true);
});

Deno.test("address › a client can't choose its own without a gateway's token", async () => {
  await using auth = await startAuth({ DT_LIMIT_REGISTRATIONS_PER_HOUR: "1" });
  const statuses: number[] = [];
  for (const token of ["", "nonsense", await auth.serviceToken("meeting", "service.link.mh")]) {
    const answer = await auth.post("/api/v1/auth/register", { ...ACCOUNT, invitation: "a guess" }, {
      "dt-client-address": `203.0.113.${statuses.length}`,
      "dt-gateway-token": token,
      "x-forwarded-for": `203.0.113.${statuses.length}`,
    });
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assertEquals(statuses, [403, 429, 429]);
});

Deno.test("registration › an address is one however it is written: at sign-up, sign-in, in an invitation and from the operator", async () => {
  const operator = { ...OPERATOR, email: "admin@müller.example", display_name: "Operator" };
  const folder = await Deno.makeTempDir();
  const file = `${folder}/bootstrap.json`;
  await Deno.writeTextFile(file, JSON.stringify({ ...BOOTSTRAP, operator }));
  {
    await using auth = await startAuth({ DT_BOOTSTRAP_FILE: file }, { folder });
    const login = async (email: string) => {
      const answer = await auth.post("/api/v1/auth/user/token", { email, password: OPERATOR.password });
      const { access_token } = await answer.json();
      return { status: answer.status, token: access_token };
    };
    // What a browser's e-mail field sends, and what people write.
    const browser = await login("admin@xn--mller-kva.example");
    assertEquals([browser.status, (await login("Admin@MU\u0308LLER.example")).status], [200, 200]);
    const twice = await auth.post("/api/v1/auth/register", {
      email: "admin@Müller.example",
      password: "a long enough password",
      display_name: "Eve",
    });
    assertEquals([twice.status, (await twice.json()).error.code], [409, "EMAIL_TAKEN"]);
    const invited = await auth.post("/api/v1/admin/invitations", { email: "Zoe\u0308@faß.example" }, {
      authorization: `Bearer ${browser.token}`,
    });
    const { invitation } = await invited.json();
    const registered = await auth.post("/api/v1/auth/register", {
      email: "zoë@xn--fa-hia.example",
      password: "a long enough password",
      display_name: "Zoë",
      invitation,
    });
    assertEquals(registered.status, 201);
    await registered.body?.cancel();
  }
  await Deno.remove(folder, { recursive: true });
});
