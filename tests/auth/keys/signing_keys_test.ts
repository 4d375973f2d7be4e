import { assertEquals, assertNotEquals } from "@std/assert";
import { decodeProtectedHeader } from "@panva/jose";
import { MASTER_KEY as OLD, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";
import { guest, meetingToken } from "../tokens/ask_meeting_token.ts";

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
  assertEquals((await meetingToken(auth, guest, old)).status, 200);
  assertEquals((await meetingToken(auth, guest)).status, 200);
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
    assertEquals((await meetingToken(auth, guest, token)).status, 200);
    await auth.serviceToken("global", "service.issue-meeting-token.ac");
  }
  await using auth = await startAuth({ DT_MASTER_KEY: next }, { folder });
  assertEquals((await meetingToken(auth, guest, token)).status, 200);
  assertEquals((await meetingToken(auth, guest)).status, 200);
  await Deno.remove(folder, { recursive: true });
});
