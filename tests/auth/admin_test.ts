import { assertEquals, assertNotEquals } from "@std/assert";
import { decodeJwt } from "@panva/jose";
import { ensureOrganization } from "../../auth/store/organizations.ts";
import type { Tables } from "../../auth/store/schema.ts";
import { changeUser } from "../../auth/store/users.ts";
import { connectDatabase } from "../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../shared/store/mod.ts";
import { databaseKinds } from "../store/databases.ts";
import { basic, CLIENTS, OPERATOR, startAuth } from "./start_auth.ts";
import type { RunningAuth } from "./start_auth.ts";

const PASSWORD = "a long enough password";

/** What an answer's JSON is before anybody has looked at it. */
type Json = Awaited<ReturnType<Response["json"]>>;

interface Tenants extends AsyncDisposable {
  readonly auth: RunningAuth;
  /** Tokens of two organisations' admins, of a member of the first, and of the operator. */
  readonly one: { readonly token: string; readonly user_id: string };
  readonly two: { readonly token: string; readonly user_id: string };
  readonly member: { readonly token: string; readonly user_id: string; readonly cookie: string };
  readonly operator: string;
  call(method: string, path: string, token: string, body?: unknown): Promise<{ status: number; body: Json }>;
}

/** Two organisations on one AC, over the kind of database that is given. */
async function tenants(location: DatabaseLocation): Promise<Tenants> {
  const auth = await startAuth(location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {});
  const own: DatabaseLocation = location.kind === "postgres"
    ? location
    : { kind: "sqlite", path: auth.database };
  await using store = await connectDatabase<Tables>(own, 1);
  await ensureOrganization(store, {
    organization_id: "closed-org",
    slug: "closed",
    name: "Closed",
    open_registration: 0,
    created_at: Date.now(),
  });
  const call: Tenants["call"] = async (method, path, token, body) => {
    const answer = await fetch(`${auth.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const operator = await auth.operatorToken();
  const member = await auth.register("member@example.org");
  const admin = async (email: string, organization: string) => {
    const made = await call("POST", "/api/v1/admin/users", operator, {
      email,
      password: PASSWORD,
      display_name: "Admin",
      roles: ["member", "admin"],
      organization,
    });
    const login = await auth.post("/api/v1/auth/user/token", { email, password: PASSWORD, organization });
    return { token: (await login.json()).access_token, user_id: made.body.user_id };
  };
  return {
    auth,
    operator,
    call,
    one: await admin("one@example.org", "default"),
    two: await admin("two@example.org", "closed"),
    member: { token: member.access_token, user_id: member.user_id, cookie: member.cookie },
    [Symbol.asyncDispose]: () => auth[Symbol.asyncDispose](),
  };
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (place: Tenants) => Promise<void>) =>
    Deno.test({
      name: `admin on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using place = await tenants(database.location);
        await work(place);
      },
    });

  test("an admin sees the accounts of their own organisation, an operator all", async ({ call, one, two, operator }) => {
    const emails = async (token: string, query = "") =>
      (await call("GET", `/api/v1/admin/users${query}`, token)).body.items
        .map((user: { email: string }) => user.email).sort();
    assertEquals(await emails(one.token), ["member@example.org", "one@example.org", OPERATOR.email]);
    assertEquals(await emails(two.token), ["two@example.org"]);
    assertEquals((await emails(operator)).length, 4);
    assertEquals(await emails(operator, "?organization=closed"), ["two@example.org"]);
    assertEquals((await call("GET", "/api/v1/admin/users?organization=closed", one.token)).status, 404);
    const page = await call("GET", "/api/v1/admin/users?limit=3", operator);
    const rest = await call("GET", `/api/v1/admin/users?limit=3&cursor=${page.body.next_cursor}`, operator);
    assertEquals([page.body.items.length, rest.body.items.length, rest.body.next_cursor], [3, 1, null]);
  });

  test("nobody but admins and operators has a say over accounts", async ({ call, member, auth }) => {
    for (const token of [member.token, await auth.serviceToken("rotator"), "nonsense"]) {
      for (
        const [method, path, body] of [
          ["GET", "/api/v1/admin/users", undefined],
          ["PATCH", `/api/v1/admin/users/${member.user_id}`, { roles: ["member", "admin"] }],
          ["POST", "/api/v1/admin/invitations", {}],
          ["GET", "/api/v1/admin/audit", undefined],
        ] as const
      ) assertEquals([401, 403].includes((await call(method, path, token, body)).status), true);
    }
  });

  test("another tenant's account is none", async ({ call, two, member }) => {
    const path = `/api/v1/admin/users/${member.user_id}`;
    const outcomes = [
      await call("GET", path, two.token),
      await call("PATCH", path, two.token, { disabled: true }),
      await call("GET", "/api/v1/admin/users/nobody", two.token),
    ];
    assertEquals(outcomes.map(({ status, body }) => [status, body.error.code]), [
      [404, "USER_NOT_FOUND"],
      [404, "USER_NOT_FOUND"],
      [404, "USER_NOT_FOUND"],
    ]);
  });

  test("nobody grants, takes or rules over what they don't have", async ({ call, one, member, operator, auth }) => {
    const path = `/api/v1/admin/users/${member.user_id}`;
    const boss = decodeJwt(operator).sub;
    assertEquals((await call("PATCH", path, one.token, { roles: ["member", "operator"] })).status, 403);
    assertEquals(
      (await call("PATCH", `/api/v1/admin/users/${boss}`, one.token, { disabled: true })).status,
      403,
    );
    assertEquals(
      (await call("PATCH", `/api/v1/admin/users/${boss}`, one.token, { roles: ["member"] })).status,
      403,
    );
    const invited = await call("POST", "/api/v1/admin/invitations", one.token, {
      roles: ["member", "operator"],
    });
    const made = await call("POST", "/api/v1/admin/users", one.token, {
      email: "new@example.org",
      password: PASSWORD,
      display_name: "New",
      roles: ["member", "operator"],
    });
    assertEquals([invited.status, made.status], [403, 403]);
    const own = await call("PATCH", `/api/v1/admin/users/${one.user_id}`, one.token, { roles: ["member"] });
    assertEquals([own.status, own.body.error.code], [403, "OWN_ACCOUNT"]);
    const promoted = await call("PATCH", path, one.token, { roles: ["member", "admin"] });
    assertEquals([promoted.status, promoted.body.roles], [200, ["member", "admin"]]);
    const login = await auth.post("/api/v1/auth/user/token", {
      email: "member@example.org",
      password: PASSWORD,
    });
    assertEquals(decodeJwt((await login.json()).access_token)["roles"], ["member", "admin"]);
  });

  test("a disabled account's sessions end, it can't sign in, rule, or get into a meeting", async (place) => {
    const { call, auth, one, member, operator } = place;
    assertEquals(
      (await call("PATCH", `/api/v1/admin/users/${member.user_id}`, one.token, { disabled: true })).status,
      200,
    );
    const refresh = await fetch(`${auth.url}/api/v1/auth/user/refresh`, {
      method: "POST",
      headers: { cookie: member.cookie },
    });
    const login = await auth.post("/api/v1/auth/user/token", {
      email: "member@example.org",
      password: PASSWORD,
    });
    const wrong = await auth.post("/api/v1/auth/user/token", {
      email: "nobody@example.org",
      password: PASSWORD,
    });
    assertEquals([refresh.status, login.status], [401, 401]);
    assertEquals(await login.text(), await wrong.text());
    await refresh.body?.cancel();
    const meeting = await call(
      "POST",
      "/api/v1/auth/internal/meeting-token",
      await auth.serviceToken("global", "service.issue-meeting-token.ac"),
      {
        sub: member.user_id,
        meeting_id: "m",
        meeting_org_id: "o",
        home_org_id: "o",
        participant_type: "member",
        role: "participant",
        capabilities: [],
        display_name: "Ada",
      },
    );
    assertEquals([meeting.status, meeting.body.error.code], [403, "ACCOUNT_DISABLED"]);
    await call("PATCH", `/api/v1/admin/users/${one.user_id}`, operator, { disabled: true });
    assertEquals((await call("GET", "/api/v1/admin/users", one.token)).status, 401);
    await call("PATCH", `/api/v1/admin/users/${member.user_id}`, operator, { disabled: false });
    const again = await auth.post("/api/v1/auth/user/token", {
      email: "member@example.org",
      password: PASSWORD,
    });
    assertEquals(again.status, 200);
    await again.body?.cancel();
  });

  test("an invitation lets one person in, with its roles, once", async ({ call, auth, two }) => {
    const invite = async (body: unknown) =>
      (await call("POST", "/api/v1/admin/invitations", two.token, body)).body.invitation as string;
    const register = async (email: string, invitation: string | undefined) => {
      const answer = await auth.post("/api/v1/auth/register", {
        email,
        password: PASSWORD,
        display_name: "Ada",
        organization: "closed",
        ...(invitation === undefined ? {} : { invitation }),
      });
      const body = await answer.json();
      return [answer.status, body.error?.code ?? decodeJwt(body.access_token)["roles"]];
    };
    assertEquals(await register("a@example.org", undefined), [403, "REGISTRATION_CLOSED"]);
    assertEquals(await register("a@example.org", "x".repeat(43)), [403, "INVITATION_NOT_VALID"]);
    const open = await invite({ roles: ["member", "admin"] });
    const outcomes = await Promise.all(
      ["a@example.org", "b@example.org", "c@example.org"].map((email) => register(email, open)),
    );
    assertEquals(outcomes.filter(([status]) => status === 201), [[201, ["member", "admin"]]]);
    assertEquals(outcomes.filter(([, code]) => code === "INVITATION_NOT_VALID").length, 2);
    const bound = await invite({ email: "Eve@Example.org" });
    assertEquals(await register("mallory@example.org", bound), [403, "INVITATION_NOT_VALID"]);
    assertEquals(await register("eve@example.org", bound), [201, ["member"]]);
    const taken = await invite({});
    assertEquals(await register("eve@example.org", taken), [409, "EMAIL_TAKEN"]);
    assertEquals((await register("frank@example.org", taken))[0], 201);
  });

  test("an invitation grants no more than its inviter still has", async ({ call, auth, one, operator }) => {
    const { body } = await call("POST", "/api/v1/admin/invitations", one.token, {
      roles: ["member", "admin"],
    });
    await call("PATCH", `/api/v1/admin/users/${one.user_id}`, operator, { disabled: true });
    const answer = await auth.post("/api/v1/auth/register", {
      email: "late@example.org",
      password: PASSWORD,
      display_name: "Late",
      invitation: body.invitation,
    });
    assertEquals([answer.status, (await answer.json()).error.code], [403, "INVITATION_NOT_VALID"]);
  });

  test("the audit trail is read in pages, by filter, and by organisation", async (place) => {
    const { call, auth, one, two, operator, member } = place;
    await call("PATCH", `/api/v1/admin/users/${member.user_id}`, one.token, { disabled: true });
    const items = async (token: string, query: string) =>
      (await call("GET", `/api/v1/admin/audit${query}`, token)).body.items as Record<string, string>[];
    // Entries are written together a moment after they were made.
    while ((await items(one.token, "?type=user_disabled")).length === 0) {
      await (await fetch(`${auth.url}/health`)).body?.cancel();
    }
    const [entry] = await items(one.token, "?type=user_disabled");
    assertEquals([entry?.["actor"], entry?.["subject"], entry?.["result"]], [
      one.user_id,
      member.user_id,
      "ok",
    ]);
    assertEquals(await items(two.token, "?type=user_disabled"), []);
    assertEquals((await items(operator, `?subject=${member.user_id}&type=user_disabled`)).length, 1);
    const all = await items(operator, "?limit=200");
    const paged: Record<string, string>[] = [];
    let cursor = "";
    do {
      const page = await call("GET", `/api/v1/admin/audit?limit=4${cursor}`, operator);
      paged.push(...page.body.items);
      cursor = page.body.next_cursor === null ? "" : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== "");
    const ids = new Set(paged.map((each) => each["audit_id"]));
    assertEquals([ids.size, all.every((each) => ids.has(each["audit_id"]))], [paged.length, true]);
    const times = paged.map((each) => each["at"] ?? "");
    assertEquals(times, times.toSorted().reverse());
    assertEquals(JSON.stringify(all).includes("example.org"), false);
    assertEquals((await call("GET", "/api/v1/admin/audit?cursor=nonsense", operator)).status, 400);
    assertEquals((await call("GET", "/api/v1/admin/audit?type=nonsense", operator)).status, 400);
  });

  test("a client's old secret counts for as long as its administrator says; a disabled client gets nothing", async (place) => {
    const { call, auth, operator } = place;
    const path = "/api/v1/admin/clients";
    const { body: client } = await call("POST", path, operator, {
      service_type: "recorder",
      scope: "service.record.mh",
    });
    const token = async (secret: string) => {
      const answer = await fetch(`${auth.url}/api/v1/auth/service/token`, {
        method: "POST",
        headers: { authorization: basic(client.client_id, secret) },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });
      await answer.body?.cancel();
      return answer.status;
    };
    const rotate = (body?: unknown) =>
      call("POST", `${path}/${client.client_id}/rotate-secret`, operator, body);
    const second = (await rotate({ grace_seconds: 600 })).body.client_secret;
    assertNotEquals(second, client.client_secret);
    assertEquals([await token(client.client_secret), await token(second)], [200, 200]);
    const third = (await rotate()).body.client_secret;
    assertEquals([await token(client.client_secret), await token(second), await token(third)], [
      401,
      401,
      200,
    ]);
    assertEquals((await rotate({ grace_seconds: 31 * 86_400 })).status, 400);
    const disabled = await call("PATCH", `${path}/${client.client_id}`, operator, { disabled: true });
    assertEquals([disabled.body.disabled, await token(third)], [true, 401]);
    await call("PATCH", `${path}/${client.client_id}`, operator, { disabled: false });
    assertEquals(await token(third), 200);
  });

  test("an operator's word about another organisation ends with their role", async ({ auth, call, operator }) => {
    const roles = ["member", "admin", "operator"];
    const account = { email: "second@example.org", password: PASSWORD, display_name: "Second", roles };
    const { user_id } = (await call("POST", "/api/v1/admin/users", operator, account)).body;
    const login = await auth.post("/api/v1/auth/user/token", signIn(account));
    const { access_token } = await login.json();
    const { invitation } = (await call("POST", "/api/v1/admin/invitations", access_token, {
      roles: ["member", "admin"],
      organization: "closed",
    })).body;
    const demoted = await call("PATCH", `/api/v1/admin/users/${user_id}`, operator, {
      roles: ["member", "admin"],
    });
    assertEquals(demoted.status, 200);
    const invited = { email: "new@example.org", password: PASSWORD, display_name: "New", invitation };
    const registered = await auth.post("/api/v1/auth/register", invited);
    assertEquals([registered.status, (await registered.json()).error.code], [403, "INVITATION_NOT_VALID"]);
    // Their token still says what they were.
    const rotated = await call("POST", "/api/v1/auth/internal/rotate-keys", access_token);
    assertEquals([rotated.status, rotated.body.error.code], [403, "FORBIDDEN"]);
  });

  test("two admins who take each other's role at once leave one", async ({ auth, call, one, operator }) => {
    const account = { email: "other@example.org", password: PASSWORD, display_name: "Other" };
    const { user_id } = (await call("POST", "/api/v1/admin/users", operator, {
      ...account,
      roles: ["member", "admin"],
    })).body;
    const login = await auth.post("/api/v1/auth/user/token", signIn(account));
    const { access_token } = await login.json();
    const outcomes = await Promise.all([
      call("PATCH", `/api/v1/admin/users/${user_id}`, one.token, { roles: ["member"] }),
      call("PATCH", `/api/v1/admin/users/${one.user_id}`, access_token, { roles: ["member"] }),
    ]);
    assertEquals(outcomes.map(({ status }) => status).sort(), [200, 403]);
  });

  test("what a database can't hold is refused before it gets there", async ({ auth, call, operator }) => {
    const nul = "a\u0000b@example.org";
    const anonymous = [
      await auth.post("/api/v1/auth/user/token", { email: nul, password: PASSWORD }),
      await auth.post("/api/v1/auth/register", { email: nul, password: PASSWORD, display_name: "A" }),
      await fetch(`${auth.url}/api/v1/auth/service/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: "a\u0000",
          client_secret: "b",
        }),
      }),
    ];
    assertEquals(anonymous.map(({ status }) => status), [400, 400, 401]);
    for (const answer of anonymous) await answer.body?.cancel();
    const paths: [path: string, status: number][] = [
      ["users/%00", 404],
      ["clients/a%00", 404],
      ["users?cursor=%00", 400],
      ["users?organization=%00", 400],
      ["clients?cursor=%00", 400],
      ["audit?result=%00", 400],
      ["audit?actor=%00", 400],
    ];
    for (const [path, status] of paths) {
      assertEquals((await call("GET", `/api/v1/admin/${path}`, operator)).status, status, path);
    }
  });

  test("who was refused a token at the door for services, and why, is on record", async ({ auth, call, operator }) => {
    const ask = (headers: Record<string, string>, form: Record<string, string>) =>
      fetch(`${auth.url}/api/v1/auth/service/token`, {
        method: "POST",
        headers,
        body: new URLSearchParams({ grant_type: "client_credentials", ...form }),
      });
    const { client_id, client_secret } = CLIENTS.meeting;
    const answers = [
      await ask({ authorization: basic(client_id, "wrong") }, {}),
      await ask({ authorization: basic("nobody", "wrong") }, {}),
      await ask({}, {}),
      await ask({ authorization: basic(client_id, client_secret) }, { scope: "service.nothing.mh" }),
    ];
    for (const answer of answers) await answer.body?.cancel();
    let items: { actor: string; result: string }[] = [];
    // Entries are gathered for a moment.
    while (items.length < answers.length) {
      items = (await call("GET", "/api/v1/admin/audit?type=token_refused", operator)).body.items;
    }
    assertEquals(items.map(({ actor, result }) => `${actor} ${result}`).reverse(), [
      `${client_id} wrong_secret`,
      "unknown unknown_client",
      "unknown invalid_client",
      `${client_id} invalid_scope`,
    ]);
  });
}

/** What of an account signs it in. */
function signIn({ email, password }: { email: string; password: string }) {
  return { email, password };
}

Deno.test("admin › a change of an account is one for all of its sessions", async () => {
  await using auth = await startAuth();
  const { user_id, cookie } = await auth.register("ada@example.org");
  await using store = await connectDatabase<Tables>({ kind: "sqlite", path: auth.database }, 1);
  await changeUser(store, user_id, { disabled: 1 }, Date.now());
  const answer = await fetch(`${auth.url}/api/v1/auth/user/refresh`, { method: "POST", headers: { cookie } });
  assertEquals(answer.status, 401);
  await answer.body?.cancel();
});
