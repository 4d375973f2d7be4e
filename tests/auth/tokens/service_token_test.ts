import { assertEquals, assertMatch } from "@std/assert";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { basic, CLIENTS, ISSUER, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";

const { client_id, client_secret } = CLIENTS.meeting;
const good = basic(client_id, client_secret);

function request(auth: RunningAuth, form: string | Record<string, string>, authorization?: string) {
  return fetch(`${auth.url}/api/v1/auth/service/token`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
  });
}

Deno.test("service token › is for the one component of its scope, and says who it is", async () => {
  await using auth = await startAuth();
  const scope = "service.register-controller.gc";
  const answer = await request(auth, { grant_type: "client_credentials", scope }, good);
  assertEquals(answer.status, 200);
  assertEquals(answer.headers.get("cache-control"), "no-store");
  assertEquals(answer.headers.get("pragma"), "no-cache");
  assertEquals(answer.headers.get("content-type"), "application/json");
  const { access_token, ...rest } = await answer.json();
  assertEquals(rest, { token_type: "Bearer", expires_in: 3600, scope });
  const { kid: _kid, ...header } = decodeProtectedHeader(access_token);
  assertEquals(header, { alg: "EdDSA", typ: "at+jwt" });
  const { iat = 0, exp = 0, jti, ...claims } = decodeJwt(access_token);
  assertEquals(claims, {
    iss: ISSUER,
    aud: "darktower:global",
    sub: client_id,
    client_id,
    service_type: "meeting-controller",
    scope,
  });
  assertEquals([exp - iat, typeof jti], [3600, "string"]);
});

Deno.test("service token › form fields authenticate as HTTP Basic does", async () => {
  await using auth = await startAuth();
  const form = { grant_type: "client_credentials", scope: "service.link.mh", client_id, client_secret };
  const answer = await request(auth, form);
  assertEquals(answer.status, 200);
  assertEquals(decodeJwt((await answer.json()).access_token).aud, "darktower:media");
});

Deno.test("service token › id and secret are form-encoded inside HTTP Basic", async () => {
  await using auth = await startAuth();
  const { client_id, client_secret } = CLIENTS.forcer;
  const encoded = await request(auth, { grant_type: "client_credentials" }, basic(client_id, client_secret));
  assertEquals(encoded.status, 200);
  await encoded.body?.cancel();
  const raw = await request(
    auth,
    { grant_type: "client_credentials" },
    `Basic ${btoa(`${client_id}:${client_secret}`)}`,
  );
  assertEquals(raw.status, 401);
  await raw.body?.cancel();
});

Deno.test("service token › without a scope the client gets all of its scopes, if they are one component's", async () => {
  await using auth = await startAuth();
  const one = await request(
    auth,
    { grant_type: "client_credentials" },
    basic(CLIENTS.rotator.client_id, CLIENTS.rotator.client_secret),
  );
  assertEquals([one.status, (await one.json()).scope], [200, "service.rotate-keys.ac"]);
  const several = await request(auth, { grant_type: "client_credentials" }, good);
  assertEquals([several.status, (await several.json()).error], [400, "invalid_scope"]);
});

const grant = { grant_type: "client_credentials", scope: "service.link.mh" };
const refusals: [
  name: string,
  form: string | Record<string, string>,
  authorization: string | undefined,
  status: number,
  error: string,
][] = [
  ["no authentication", grant, undefined, 401, "invalid_client"],
  ["an unknown client", grant, basic("nobody", client_secret), 401, "invalid_client"],
  ["a wrong secret", grant, basic(client_id, "wrong"), 401, "invalid_client"],
  ["another client's secret", grant, basic(client_id, CLIENTS.global.client_secret), 401, "invalid_client"],
  ["an empty secret", grant, basic(client_id, ""), 401, "invalid_client"],
  ["Basic that is not base64", grant, "Basic ???", 401, "invalid_client"],
  ["Basic without a colon", grant, `Basic ${btoa("meeting")}`, 401, "invalid_client"],
  ["Basic with a broken escape", grant, `Basic ${btoa("meeting:%zz")}`, 401, "invalid_client"],
  ["a bearer token in place of Basic", grant, "Bearer abc", 401, "invalid_client"],
  ["both ways at once", { ...grant, client_id, client_secret }, good, 400, "invalid_request"],
  ["another client_id beside Basic", { ...grant, client_id: "global" }, good, 400, "invalid_request"],
  ["no grant type", { scope: grant.scope }, good, 400, "invalid_request"],
  ["an empty grant type", { ...grant, grant_type: "" }, good, 400, "invalid_request"],
  ["another grant type", { ...grant, grant_type: "password" }, good, 400, "unsupported_grant_type"],
  [
    "a parameter twice",
    "grant_type=client_credentials&scope=service.link.mh&scope=service.link.mh",
    good,
    400,
    "invalid_request",
  ],
  [
    "a scope of somebody else",
    { ...grant, scope: "service.issue-meeting-token.ac" },
    good,
    400,
    "invalid_scope",
  ],
  ["a scope that is none", { ...grant, scope: "everything" }, good, 400, "invalid_scope"],
  [
    "scopes of two components",
    { ...grant, scope: "service.link.mh service.register-controller.gc" },
    good,
    400,
    "invalid_scope",
  ],
];
for (const [name, form, authorization, status, error] of refusals) {
  Deno.test(`service token › ${name} is ${status} ${error}`, async () => {
    await using auth = await startAuth();
    const answer = await request(auth, form, authorization);
    const body = await answer.json();
    assertEquals([answer.status, body.error], [status, error]);
    assertEquals(Object.keys(body), ["error", "error_description"]);
    assertMatch(body.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    assertEquals(answer.headers.get("cache-control"), "no-store");
    const challenge = answer.headers.get("www-authenticate");
    assertEquals(challenge?.startsWith("Basic "), status === 401 ? true : undefined);
  });
}

Deno.test("service token › a secret that was right a moment ago makes no other one right", async () => {
  await using auth = await startAuth();
  const form = { grant_type: "client_credentials", scope: "service.link.mh" };
  const wrong = basic(client_id, CLIENTS.rotator.client_secret);
  const other = basic(CLIENTS.rotator.client_id, client_secret);
  const statuses: number[] = [];
  for (const authorization of [good, good, wrong, other, good]) {
    const answer = await request(auth, form, authorization);
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assertEquals(statuses, [200, 200, 401, 401, 200]);
});

Deno.test("service token › an unknown client and a wrong secret read the same", async () => {
  await using auth = await startAuth();
  const texts = await Promise.all(
    [basic("nobody", "x"), basic(client_id, "x")].map(async (each) =>
      (await request(auth, grant, each)).text()
    ),
  );
  assertEquals(texts[0], texts[1]);
});

Deno.test("service token › JSON in place of a form is 400, a huge form 413, both in OAuth's form", async () => {
  await using auth = await startAuth();
  const json = await auth.post("/api/v1/auth/service/token", grant, { authorization: good });
  assertEquals([json.status, (await json.json()).error], [400, "invalid_request"]);
  const huge = await request(auth, { ...grant, filler: "x".repeat(70_000) }, good);
  assertEquals([huge.status, (await huge.json()).error], [413, "invalid_request"]);
});

Deno.test("service token › one address may ask only so often, one client may have only so many", async () => {
  await using narrow = await startAuth({
    DT_LIMIT_SERVICE_TOKENS_PER_SECOND: "1",
    DT_LIMIT_SERVICE_TOKENS_BURST: "1",
  });
  const refusedOf = async (auth: RunningAuth) => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => request(auth, grant, good)));
    assertEquals(answers.some((answer) => answer.status === 200), true);
    const refused = answers.find((answer) => answer.status === 429);
    const body = await refused?.json();
    await Promise.all(answers.filter((answer) => !answer.bodyUsed).map((answer) => answer.body?.cancel()));
    return [body?.error, refused?.headers.get("retry-after")];
  };
  assertEquals(await refusedOf(narrow), ["temporarily_unavailable", "1"]);
  await using frugal = await startAuth({ DT_LIMIT_TOKENS_PER_SECOND: "1", DT_LIMIT_TOKENS_BURST: "1" });
  assertEquals(await refusedOf(frugal), ["temporarily_unavailable", "1"]);
});

Deno.test("service token › a client's secret is not in the database, and neither is the signing key", async () => {
  await using auth = await startAuth();
  await auth.serviceToken("meeting", "service.link.mh");
  const files = [...Deno.readDirSync(auth.folder)].filter((entry) => entry.name.startsWith("auth.db"));
  const bytes = await Promise.all(files.map((entry) => Deno.readFile(`${auth.folder}/${entry.name}`)));
  const text = bytes.map((part) => new TextDecoder("latin1").decode(part)).join("");
  assertEquals(text.includes(client_id), true);
  assertEquals(text.includes(client_secret), false);
  // The beginning of every Ed25519 private key in PKCS #8 (RFC 8410).
  const pkcs8 = String.fromCharCode(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
  assertEquals(text.includes(pkcs8), false);
});
