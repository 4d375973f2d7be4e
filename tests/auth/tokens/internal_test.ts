import { assertEquals, assertNotEquals } from "@std/assert";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { CLIENTS, MASTER_KEY as OLD, OPERATOR, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";

const claims = {
  meeting_id: "m-1",
  meeting_org_id: "o-1",
  home_org_id: "o-2",
  participant_type: "guest",
  role: "guest",
  capabilities: ["chat"],
  display_name: "Grace",
};
const body = { sub: "guest-1", ...claims };

async function meetingToken(auth: RunningAuth, given: unknown, token?: string): Promise<Response> {
  const bearer = token ?? await auth.serviceToken("global", "service.issue-meeting-token.ac");
  return await auth.post("/api/v1/auth/internal/meeting-token", given, { authorization: `Bearer ${bearer}` });
}

Deno.test("meeting token › carries the claims that GC gave, for fifteen minutes", async () => {
  await using auth = await startAuth();
  const answer = await meetingToken(auth, body);
  assertEquals(answer.status, 200);
  const { token, expires_in } = await answer.json();
  assertEquals(expires_in, 900);
  assertEquals(decodeProtectedHeader(token).typ, "meeting+jwt");
  const { iat = 0, exp = 0, jti, iss, ...rest } = decodeJwt(token);
  assertEquals(rest, { ...claims, sub: "guest-1", aud: "darktower:meeting" });
  assertEquals([exp - iat, typeof jti, iss], [900, "string", "http://localhost:8080"]);
});

Deno.test("meeting token › may live shorter, never longer", async () => {
  await using auth = await startAuth();
  const short = await meetingToken(auth, { ...body, ttl_seconds: 60 });
  assertEquals((await short.json()).expires_in, 60);
  const long = await meetingToken(auth, { ...body, ttl_seconds: 901 });
  assertEquals([long.status, (await long.json()).error.details[0].path], [400, "ttl_seconds"]);
});

Deno.test("meeting token › registered claims can't be given", async () => {
  await using auth = await startAuth();
  for (const claim of ["iss", "aud", "exp", "iat", "jti", "nbf"]) {
    const answer = await meetingToken(auth, { ...body, [claim]: "x" });
    assertEquals([answer.status, (await answer.json()).error.details[0].path], [400, claim]);
  }
});

Deno.test("meeting token › is for GC only", async () => {
  await using auth = await startAuth();
  const { access_token } = await auth.register("ada@example.org");
  const refused: [token: string, status: number, code: string][] = [
    ["", 401, "UNAUTHORIZED"],
    ["nonsense", 401, "UNAUTHORIZED"],
    [access_token, 401, "UNAUTHORIZED"],
    [await auth.operatorToken(), 401, "UNAUTHORIZED"],
    [await auth.serviceToken("global", "service.manage-meetings.mc"), 401, "UNAUTHORIZED"],
    [await auth.serviceToken("global", "service.forward-address.ac"), 403, "FORBIDDEN"],
    [await auth.serviceToken("meeting", "service.link.mh"), 401, "UNAUTHORIZED"],
  ];
  const texts = new Set<string>();
  for (const [token, status, code] of refused) {
    const answer = await meetingToken(auth, body, token);
    const text = await answer.text();
    assertEquals([answer.status, JSON.parse(text).error.code], [status, code]);
    if (status === 401) texts.add(text);
  }
  assertEquals(texts.size, 1);
});

async function rotate(auth: RunningAuth, token: string): Promise<Response> {
  return await fetch(`${auth.url}/api/v1/auth/internal/rotate-keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
}

async function published(auth: RunningAuth): Promise<string[]> {
  const answer = await fetch(`${auth.url}/.well-known/jwks.json`);
  const { keys } = await answer.json();
  return keys.map((key: { kid: string }) => key.kid);
}

async function signingKid(auth: RunningAuth): Promise<string | undefined> {
  return decodeProtectedHeader(await auth.serviceToken("meeting", "service.link.mh")).kid;
}

Deno.test("keys › the set is public, cacheable, and has no private part", async () => {
  await using auth = await startAuth();
  const answer = await fetch(`${auth.url}/.well-known/jwks.json`);
  assertEquals(answer.headers.get("cache-control"), "public, max-age=300");
  const { keys } = await answer.json();
  assertEquals(keys.length, 1);
  assertEquals(Object.keys(keys[0]).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
});

Deno.test("keys › a new key is published at once and signs only when verifiers have it", async () => {
  await using auth = await startAuth({
    DT_KEY_MINIMUM_AGE_SECONDS: "0",
    DT_KEY_PUBLISH_AHEAD_SECONDS: "3600",
  });
  const before = await signingKid(auth);
  const answer = await rotate(auth, await auth.serviceToken("rotator"));
  const { kid, previous_kid } = await answer.json();
  assertEquals([answer.status, previous_kid], [201, before]);
  assertNotEquals(kid, before);
  assertEquals(new Set(await published(auth)), new Set([before, kid]));
  assertEquals(await signingKid(auth), before);
});

Deno.test("keys › a key whose time has come signs, and the tokens of the one before it stay good", async () => {
  await using auth = await startAuth({
    DT_KEY_MINIMUM_AGE_SECONDS: "0",
    DT_KEY_CACHE_SECONDS: "0",
    DT_KEY_PUBLISH_AHEAD_SECONDS: "0",
  });
  const old = await auth.serviceToken("global", "service.issue-meeting-token.ac");
  const { kid } = await (await rotate(auth, await auth.serviceToken("rotator"))).json();
  assertEquals(await signingKid(auth), kid);
  assertEquals((await meetingToken(auth, body, old)).status, 200);
  assertEquals((await meetingToken(auth, body)).status, 200);
});

Deno.test("keys › a key goes when its last token has expired", async () => {
  const env = {
    DT_KEY_MINIMUM_AGE_SECONDS: "0",
    DT_KEY_CACHE_SECONDS: "0",
    DT_KEY_PUBLISH_AHEAD_SECONDS: "0",
  };
  const folder = await Deno.makeTempDir();
  let gone = "";
  {
    await using auth = await startAuth(env, { folder });
    gone = await signingKid(auth) ?? "";
    await (await rotate(auth, await auth.serviceToken("rotator"))).body?.cancel();
  }
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${folder}/auth.db`);
  database.prepare("UPDATE signing_keys SET retires_at = ? WHERE kid = ?").run(Date.now() - 1, gone);
  database.close();
  {
    await using auth = await startAuth(env, { folder });
    assertEquals((await published(auth)).includes(gone), false);
  }
  const after = new DatabaseSync(`${folder}/auth.db`);
  assertEquals(after.prepare("SELECT count(*) AS n FROM signing_keys WHERE kid = ?").get(gone)?.["n"], 0);
  after.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("keys › a service may have the key replaced once in six days, an operator once an hour", async () => {
  await using auth = await startAuth();
  const asService = await rotate(auth, await auth.serviceToken("rotator"));
  const { error } = await asService.json();
  assertEquals([asService.status, error.code], [429, "ROTATION_TOO_SOON"]);
  assertEquals(Math.round(error.retry_after_seconds / 86_400), 6);
  for (const token of [await auth.serviceToken("forcer"), await auth.operatorToken()]) {
    const answer = await rotate(auth, token);
    assertEquals(answer.status, 429);
    assertEquals(Math.round((await answer.json()).error.retry_after_seconds / 60), 60);
  }
  assertEquals((await published(auth)).length, 1);
});

Deno.test("keys › who may not have them replaced is refused", async () => {
  await using auth = await startAuth({
    DT_KEY_MINIMUM_AGE_SECONDS: "0",
    DT_KEY_FORCED_MINIMUM_AGE_SECONDS: "0",
  });
  const { access_token } = await auth.register("ada@example.org");
  const tokens: [token: string, status: number][] = [
    ["", 401],
    [access_token, 403],
    [await auth.serviceToken("global", "service.issue-meeting-token.ac"), 403],
    [await auth.serviceToken("meeting", "service.link.mh"), 401],
  ];
  for (const [token, status] of tokens) {
    const answer = await rotate(auth, token);
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  }
  assertEquals((await published(auth)).length, 1);
});

Deno.test("keys › several at once make one key", async () => {
  await using auth = await startAuth({
    DT_KEY_FORCED_MINIMUM_AGE_SECONDS: "3600",
    DT_KEY_MINIMUM_AGE_SECONDS: "0",
  });
  const folder = auth.folder;
  await using second = await startAuth({ DT_KEY_MINIMUM_AGE_SECONDS: "3600" }, { folder });
  assertEquals((await published(second)).length, 1);
  const first = await auth.serviceToken("rotator");
  assertEquals((await rotate(auth, first)).status, 201);
  assertEquals((await rotate(second, first)).status, 429);
  assertEquals((await published(second)).length, 2);
});

Deno.test("keys › the master key may be replaced while the old one is at hand", async () => {
  const folder = await Deno.makeTempDir();
  const next = new Uint8Array(32).fill(9).toBase64();
  let token = "";
  {
    await using auth = await startAuth({}, { folder });
    token = await auth.serviceToken("global", "service.issue-meeting-token.ac");
  }
  {
    await using auth = await startAuth({ DT_MASTER_KEY: next, DT_MASTER_KEY_PREVIOUS: OLD }, { folder });
    assertEquals((await meetingToken(auth, body, token)).status, 200);
    await auth.serviceToken("global", "service.issue-meeting-token.ac");
  }
  await using auth = await startAuth({ DT_MASTER_KEY: next }, { folder });
  assertEquals((await meetingToken(auth, body, token)).status, 200);
  assertEquals((await meetingToken(auth, body)).status, 200);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("clients › an operator makes one, sees its secret once, replaces it and removes the client", async () => {
  await using auth = await startAuth();
  const authorization = `Bearer ${await auth.operatorToken()}`;
  const call = (method: string, path: string, given?: unknown) =>
    fetch(`${auth.url}/api/v1/admin/clients${path}`, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    });
  const created = await call("POST", "", { service_type: "recorder", scope: "service.record.mh" });
  assertEquals(created.status, 201);
  const { client_id, client_secret, ...rest } = await created.json();
  assertEquals(rest, {
    service_type: "recorder",
    scope: "service.record.mh",
    display_name: "recorder",
    disabled: false,
    created_at: rest.created_at,
  });
  assertEquals(new Date(rest.created_at).toISOString(), rest.created_at);
  const token = (secret: string) =>
    fetch(`${auth.url}/api/v1/auth/service/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret: secret }),
    }).then(async (answer) => {
      await answer.body?.cancel();
      return answer.status;
    });
  assertEquals(await token(client_secret), 200);
  const shown = await (await call("GET", `/${client_id}`)).json();
  assertEquals(shown, { client_id, ...rest });
  const rotated = await (await call("POST", `/${client_id}/rotate-secret`)).json();
  assertEquals([await token(client_secret), await token(rotated.client_secret)], [401, 200]);
  const changed = await call("PATCH", `/${client_id}`, { display_name: "Recorder" });
  assertEquals((await changed.json()).display_name, "Recorder");
  assertEquals((await call("DELETE", `/${client_id}`)).status, 204);
  assertEquals([await token(rotated.client_secret), (await call("GET", `/${client_id}`)).status], [401, 404]);
});

Deno.test("clients › come in pages", async () => {
  await using auth = await startAuth();
  const headers = { authorization: `Bearer ${await auth.operatorToken()}` };
  const ids: string[] = [];
  let cursor = "";
  do {
    const answer = await fetch(`${auth.url}/api/v1/admin/clients?limit=3${cursor}`, { headers });
    const { items, next_cursor } = await answer.json();
    ids.push(...items.map((item: { client_id: string }) => item.client_id));
    cursor = next_cursor === null ? "" : `&cursor=${next_cursor}`;
  } while (cursor !== "");
  assertEquals(ids, ["forcer", "global", "meeting", "rotator"]);
});

Deno.test("clients › nobody but an operator has to do with them", async () => {
  await using auth = await startAuth();
  const { access_token } = await auth.register("ada@example.org");
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(auth.database, { timeout: 2000 });
  database.prepare("UPDATE users SET roles = ? WHERE email = ?").run('["member","admin"]', "ada@example.org");
  database.close();
  const login = await auth.post("/api/v1/auth/user/token", {
    email: "ada@example.org",
    password: "a long enough password",
  });
  const admin = (await login.json()).access_token;
  for (const token of [access_token, admin, await auth.serviceToken("rotator")]) {
    const answer = await auth.post("/api/v1/admin/clients", { service_type: "x", scope: "service.link.mh" }, {
      authorization: `Bearer ${token}`,
    });
    assertEquals([401, 403].includes(answer.status), true);
    await answer.body?.cancel();
  }
});

Deno.test("audit › what happened is on record, without secrets or addresses of people", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using auth = await startAuth({}, { folder });
    await auth.register("ada@example.org");
    await (await auth.post("/api/v1/auth/user/token", { ...OPERATOR, password: "wrong" })).body?.cancel();
    await auth.operatorToken();
    await auth.serviceToken("meeting", "service.link.mh");
    await (await meetingToken(auth, body)).body?.cancel();
  }
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${folder}/auth.db`);
  const rows = database.prepare("SELECT type, result, address FROM audit ORDER BY audit_id").all();
  const text = JSON.stringify(database.prepare("SELECT * FROM audit").all());
  database.close();
  assertEquals(rows.map((row) => `${row["type"]} ${row["result"]}`), [
    "organization_created ok",
    "user_created ok",
    ...Object.keys(CLIENTS).map(() => "client_registered ok"),
    "key_generated ok",
    "user_registered ok",
    "token_issued ok",
    "login wrong_password",
    "login ok",
    "token_issued ok",
    "token_issued ok",
    "token_issued ok",
    "token_issued ok",
  ]);
  for (const secret of ["example.org", 'wrong"', "eyJ", OPERATOR.password]) {
    assertEquals(text.includes(secret), false);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("metrics › the contract's names are there", async () => {
  await using auth = await startAuth();
  await auth.operatorToken();
  const text = await (await fetch(`${auth.url}/metrics`)).text();
  for (
    const line of [
      'ac_tokens_issued_total{type="user",result="ok"} 1',
      "ac_token_duration_seconds_count 1",
      "ac_signing_key_age_seconds ",
      'ac_key_rotations_total{result="ok"} 1',
      'ac_logins_total{result="ok"} 1',
    ]
  ) assertEquals(text.includes(`\n${line}`), true, line);
});
