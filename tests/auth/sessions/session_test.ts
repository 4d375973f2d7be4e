import { assertEquals, assertNotEquals } from "@std/assert";
import { decodeJwt } from "@panva/jose";
import { cookieOf, ISSUER, startAuth } from "../start_auth.ts";

const refresh = (url: string, cookie: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/auth/user/refresh`, { method: "POST", headers: { cookie, ...headers } });

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

const origins: [origin: string, status: number][] = [
  [ISSUER, 200],
  ["http://127.0.0.1:8080", 200],
  ["http://localhost:3000", 403],
  ["https://localhost:8080", 403],
  ["http://evil.example", 403],
  ["http://localhost:8080.evil.example", 403],
  ["null", 403],
];

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
  const { cookie: copied, user_id, access_token } = await auth.register("ada@example.org");
  later(60);
  const [, next] = await renewed(copied);
  later(60);
  const [, last] = await renewed(next);
  later(60);
  // One of the two has got this far; now the other comes with what both had.
  assertEquals((await renewed(copied))[0], 401);
  assertEquals((await renewed(last))[0], 401);
  const token = await auth.operatorToken();
  const recorded = async (): Promise<{ subject: string; organization_id: string }[]> => {
    const answer = await fetch(`${auth.url}/api/v1/admin/audit?result=session_secret_reused`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()).items;
  };
  let items = await recorded();
  // Entries are gathered for a moment.
  while (items.length === 0) items = await recorded();
  // The admins of the organisation see it.
  const seen = items.map(({ subject, organization_id }) => ({ subject, organization_id }));
  assertEquals(seen, [{ subject: user_id, organization_id: decodeJwt(access_token)["org_id"] }]);
});

Deno.test("session › logging out ends it", async () => {
  await using auth = await startAuth();
  const { cookie } = await auth.register("ada@example.org");
  const out = await fetch(`${auth.url}/api/v1/auth/user/logout`, { method: "POST", headers: { cookie } });
  assertEquals(out.status, 204);
  assertEquals((await refresh(auth.url, cookie)).status, 401);
});

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
  const cookie of [
    "",
    "dt_session_8080=",
    "dt_session_8080=x.y",
    "dt_session_8080=a.b.c",
    `dt_session_8080=x.${"A".repeat(43)}`,
  ]
) {
  Deno.test(`session › the cookie "${cookie.slice(0, 20)}" is none`, async () => {
    await using auth = await startAuth();
    const answer = await refresh(auth.url, cookie);
    assertEquals([answer.status, (await answer.json()).error.code], [401, "NO_SESSION"]);
  });
}

Deno.test("session › two deployments on one host, told apart by their ports, leave each other's sessions alone", async () => {
  const jar = new Map<string, string>();
  const keep = (cookie: string) => {
    const [name = "", value = ""] = cookie.split("=");
    jar.set(name, value);
  };
  await using one = await startAuth({ DT_ISSUER: "http://localhost:8080" });
  await using other = await startAuth({ DT_ISSUER: "http://localhost:9080" });
  for (const auth of [one, other]) keep((await auth.register("ada@example.org")).cookie);
  const all = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  for (const [auth, origin] of [[one, "http://localhost:8080"], [other, "http://localhost:9080"]] as const) {
    const answer = await refresh(auth.url, all, { origin });
    assertEquals(answer.status, 200);
    await answer.body?.cancel();
  }
});
