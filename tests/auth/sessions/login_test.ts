import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeJwt } from "@panva/jose";
import type { Tables } from "../../../auth/store/schema.ts";
import { connectDatabase } from "../../../shared/store/mod.ts";
import { OPERATOR, startAuth } from "../start_auth.ts";

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

Deno.test("login › behind TLS the cookie is Secure, however the public address is written", async () => {
  await using auth = await startAuth({ DT_ISSUER: "HTTPS://Meet.Example.org" });
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

Deno.test("login › all of an IPv6 network that one customer has is one to the back-off", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600" });
  const token = await auth.serviceToken("global", "service.forward-address.ac");
  const guess = async (address: string) => {
    const answer = await auth.post("/api/v1/auth/user/token", { ...OPERATOR, password: "wrong" }, {
      "dt-client-address": address,
      "dt-client-host": "localhost",
      "dt-gateway-token": token,
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const statuses: number[] = [];
  for (let host = 1; host <= 6; host++) statuses.push(await guess(`2001:db8:0:1::${host}`));
  assertEquals(statuses, [401, 401, 401, 401, 401, 429]);
  assertEquals(await guess("2001:db8:0:2::1"), 401);
});

Deno.test("login › an attempt that found no room counts for nothing", async () => {
  await using auth = await startAuth({
    DT_LIMIT_PASSWORD_WORKERS: "1",
    DT_LIMIT_PASSWORD_WAITING: "1",
    DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600",
  }, { workers: true });
  const ada = { email: "ada@example.org", password: "the first password" };
  await auth.register(ada.email, ada.password);
  const login = async (body: unknown) => {
    const answer = await auth.post("/api/v1/auth/user/token", body);
    await answer.body?.cancel();
    return answer.status;
  };
  let over = false;
  const crowd = Promise.all(Array.from({ length: 4 }, async () => {
    while (!over) assertMatch(String(await login(OPERATOR)), /^(200|503)$/);
  }));
  // The sixth failure in a row would have to wait.
  const mine = async () => {
    for (let attempts = 0, refused = 0; refused < 8; attempts++) {
      const status = await login(ada);
      assertMatch(String(status), /^(200|503)$/, `${status} after ${refused} that found no room`);
      assert(attempts < 1000, "there is always room");
      refused = status === 503 ? refused + 1 : 0;
    }
  };
  await Promise.race([mine(), crowd]).finally(() => over = true);
  await crowd;
  assertEquals(await login(ada), 200);
});

Deno.test("login › one that waited while its account was disabled opens no session", async () => {
  await using auth = await startAuth({ DT_LIMIT_PASSWORD_WORKERS: "1" }, { workers: true });
  const { user_id } = await auth.register("ada@example.org", "the first password");
  const authorization = `Bearer ${await auth.operatorToken()}`;
  const disable = () =>
    fetch(`${auth.url}/api/v1/admin/users/${user_id}`, {
      method: "PATCH",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ disabled: true }),
    });
  await using store = await connectDatabase<Tables>({ kind: "sqlite", path: auth.database }, 1);
  // The one hasher is busy for a while.
  const busy = Promise.all(
    Array.from({ length: 14 }, (_, index) => auth.register(`busy-${index}@example.org`)),
  );
  const late = auth.post("/api/v1/auth/user/token", {
    email: "ada@example.org",
    password: "the first password",
  });
  // An attempt counts once it has read its account, and before its password is looked at.
  const isCounted = async () =>
    await store.queries.selectFrom("login_failures").selectAll().executeTakeFirst() !== undefined;
  while (!await isCounted()) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals((await disable()).status, 200);
  const answer = await late;
  assertEquals([answer.status, answer.headers.getSetCookie()], [401, []]);
  await answer.body?.cancel();
  const metrics = await (await fetch(`${auth.url}/metrics`)).text();
  // The operator's and this one: the account that was read was not disabled yet.
  assertMatch(metrics, /^ac_logins_total\{result="ok"\} 2$/m);
  await busy;
  const sessions = await store.queries.selectFrom("sessions").selectAll().where("user_id", "=", user_id)
    .execute();
  assertEquals(sessions, []);
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

Deno.test("login › when too many passwords wait to be hashed the next is 503 at once", async () => {
  await using auth = await startAuth({ DT_LIMIT_PASSWORD_WORKERS: "1", DT_LIMIT_PASSWORD_WAITING: "1" }, {
    workers: true,
  });
  const attempt = (_: unknown, index: number) =>
    auth.post("/api/v1/auth/user/token", { email: `${index}@example.org`, password: "wrong" });
  const answers = await Promise.all(Array.from({ length: 12 }, attempt));
  const refused = answers.filter((answer) => answer.status === 503);
  assertEquals(refused.length > 0, true);
  assertEquals(refused.every((answer) => answer.headers.get("retry-after") === "1"), true);
  assertEquals(answers.filter((answer) => answer.status === 401).length > 0, true);
  for (const answer of answers) await answer.body?.cancel();
});
