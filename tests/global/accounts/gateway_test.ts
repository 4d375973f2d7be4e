import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { rawRequest } from "../../raw_request.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { type Deployment, deployment } from "../support/deployment.ts";

const serviceToken = "/api/v1/auth/service/token";
const errorOf = (body: unknown): unknown => Object(body).error;
const person = { email: "ann@example.org", password: "correct horse", organization: "default" };

Deno.test("gateway › one origin for everything that a browser needs of AC", async (t) => {
  await using d = await deployment();
  const { send, user, admin } = client(d);
  await user("ann");

  await t.step(
    "a login sets the session's cookie, which refreshes the token for pages of this origin",
    async () => {
      const login = await send("POST", "/api/v1/auth/user/token", { body: person });
      assertEquals(login.status, 200);
      const [cookie = ""] = login.headers.getSetCookie();
      assertMatch(cookie, /HttpOnly/);
      assertMatch(cookie, /SameSite=Strict/);
      const [pair = ""] = cookie.split(";");
      const refresh = (origin: string) =>
        send("POST", "/api/v1/auth/user/refresh", { headers: { cookie: pair, origin } });
      assertEquals((await refresh("https://evil.example")).status, 403);
      assertEquals((await refresh(d.plan.publicUrl)).status, 200);
    },
  );

  await t.step("keys, metadata and administration are here too", async () => {
    assertEquals((await send("GET", "/.well-known/jwks.json")).status, 200);
    assertEquals((await send("GET", "/.well-known/oauth-authorization-server")).status, 200);
    assertEquals((await send("HEAD", "/.well-known/jwks.json")).status, 200);
    assertEquals((await send("GET", "/api/v1/admin/clients")).status, 401);
    assertEquals((await send("GET", "/api/v1/admin/clients", { token: await admin() })).status, 200);
    const body = { ...d.admin, email: "admin@xn--mller-kva.example", organization: "default" };
    assertEquals((await send("POST", "/api/v1/auth/user/token", { body })).status, 200);
  });

  await t.step("AC's internal endpoints stay inside, however they are written", async () => {
    const token = await d.serviceToken("global", "service.issue-meeting-token.ac");
    const paths = [
      "internal/meeting-token",
      "%69nternal/meeting-token",
      "Internal/rotate-keys",
      "x/%2e%2e/internal/meeting-token",
      "user/..%2finternal/meeting-token",
      "internal%2Fmeeting-token",
      "%2569nternal/meeting-token",
    ];
    for (const path of paths) {
      assertEquals((await send("POST", `/api/v1/auth/${path}`, { token, body: {} })).status, 404, path);
    }
  });

  await t.step("AC's refusals come through as they are", async () => {
    const wrong = await send("POST", "/api/v1/auth/user/token", {
      body: { ...person, password: "wrong horse" },
    });
    assertEquals(wrong.status, 401);
    assert(wrong.code !== "");
    for (const method of ["PATCH", "OPTIONS", "PROPFIND", "TRACE", "trace", "post", "get"]) {
      const request = `${method} /api/v1/auth/user/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
      const { status, headers } = await rawRequest(d.url, request);
      assertEquals([status, headers.get("allow")], [405, "POST"], method);
    }
    assertEquals((await send("GET", "/api/v1/auth/nothing")).status, 404);
  });

  await t.step("a request id goes along and comes back", async () => {
    const id = "request-id-of-a-client";
    const answer = await send("GET", "/.well-known/jwks.json", { headers: { "x-request-id": id } });
    assertEquals(answer.headers.get("x-request-id"), id);
  });

  await t.step("a body that is too large is not passed on", async () => {
    const body = { ...person, password: "x".repeat(70_000) };
    assertEquals((await send("POST", "/api/v1/auth/user/token", { body })).status, 413);
  });

  await t.step("a token request is refused in OAuth's form, by AC and by this gateway", async () => {
    const huge = await send("POST", serviceToken, { body: "x".repeat(70_000) });
    assertEquals([huge.status, errorOf(huge.body)], [413, "invalid_request"]);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const stranger = await send("POST", serviceToken, { headers, body: "" });
    assertEquals([stranger.status, errorOf(stranger.body)], [401, "invalid_client"]);
    assert(stranger.headers.get("www-authenticate")?.startsWith("Basic"));
  });

  await t.step("AC believes the client's address from this gateway alone", async () => {
    const spoofed = { "dt-client-address": "203.0.113.9", "dt-client-host": "x", "dt-gateway-token": "y" };
    assertEquals(
      (await send("POST", "/api/v1/auth/user/token", { body: person, headers: spoofed })).status,
      200,
    );
    assertEquals(await auditedAddresses(d), ["127.0.0.1"]);
  });

  await t.step("while AC is away, what needs it says so, and the rest goes on", async () => {
    const token = await user("bob");
    assertEquals((await send("GET", "/api/v1/me", { token })).status, 200);
    assertEquals(await d.stop("auth"), 0);
    const login = await send("POST", "/api/v1/auth/user/token", { body: person });
    assertEquals([login.status, login.code], [503, "UNAVAILABLE"]);
    assertEquals(login.headers.get("retry-after"), "1");
    const refused = await send("POST", serviceToken, { body: {} });
    assertEquals([refused.status, errorOf(refused.body)], [503, "temporarily_unavailable"]);
    assertEquals([refused.headers.get("retry-after"), refused.headers.get("pragma")], ["1", "no-cache"]);
    assertEquals((await send("GET", "/api/v1/meetings", { token })).status, 200);
    await d.start("auth");
    assertEquals((await send("POST", "/api/v1/auth/user/token", { body: person })).status, 200);
  });

  assertEquals(await d.stop("global"), 0);
});

Deno.test("gateway › behind a trusted proxy the client's address is the one that the proxy names", async () => {
  await using d = await deployment({ env: { DT_TRUSTED_PROXIES: "127.0.0.1" } });
  const { send, user, createMeeting } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const token = await user("ann");
  const { code } = await createMeeting(token);
  const from = (address: string) => ({ "x-forwarded-for": address });
  const login = { body: person, headers: from("203.0.113.7") };
  assertEquals((await send("POST", "/api/v1/auth/user/token", login)).status, 200);
  // Of the meeting token, which AC makes for this gateway.
  const join = { token, headers: from("203.0.113.8") };
  assertEquals((await send("POST", `/api/v1/meetings/${code}/join`, join)).status, 200);
  assertEquals(await auditedAddresses(d), ["127.0.0.1", "203.0.113.7", "203.0.113.8"]);
});

/** From where AC says it was asked; it has written everything when it has stopped. */
async function auditedAddresses(d: Deployment): Promise<unknown[]> {
  await d.stop("auth");
  const database = new DatabaseSync(`${d.plan.dataDir}/auth/auth.db`, { readOnly: true });
  const rows = database.prepare("SELECT DISTINCT address FROM audit ORDER BY address").all();
  database.close();
  await d.start("auth");
  return rows.map(({ address }) => address).filter((address) => address !== "local");
}
