import { assertEquals, assertNotEquals } from "@std/assert";
import { delay } from "@std/async";
import { decodeJwt } from "@panva/jose";
import type { Tables } from "../../../auth/store/schema.ts";
import { changeUser } from "../../../auth/store/users.ts";
import { connectDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { basic, ISSUER, OPERATOR, startAuth } from "../start_auth.ts";
import { type Json, PASSWORD, type Tenants, tenants } from "../tenants.ts";
import { unrecorded } from "../unrecorded.ts";

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
          ["GET", "/api/v1/admin/invitations", undefined],
          ["DELETE", "/api/v1/admin/invitations/any", undefined],
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

  test("whoever registers is on record with their roles, and with the invitation that gave them", async (place) => {
    const { call, auth, two, member, operator } = place;
    const { invitation, invitation_id } = (await call("POST", "/api/v1/admin/invitations", two.token, {
      roles: ["member", "admin"],
    })).body;
    const registered = await auth.post("/api/v1/auth/register", {
      email: "ada@example.org",
      password: PASSWORD,
      display_name: "Ada",
      invitation,
    });
    const { user_id } = await registered.json();
    const detailsOf = async (token: string, subject: string) => {
      const trail = `/api/v1/admin/audit?type=user_registered&subject=${subject}`;
      return (await call("GET", trail, token)).body.items.map(({ details }: Json) => details);
    };
    assertEquals(await detailsOf(two.token, user_id), [{ roles: "member admin", invitation_id }]);
    assertEquals(await detailsOf(operator, member.user_id), [{ roles: "member" }]);
  });

  test("open invitations are listed, without themselves, and one that is withdrawn lets nobody in", async (place) => {
    const { call, auth, one, two, operator } = place;
    const path = "/api/v1/admin/invitations";
    const made = await call("POST", path, two.token, { email: "eve@example.org" });
    const other = await call("POST", path, operator, {
      organization: "closed",
      roles: ["member", "operator"],
    });
    assertEquals(made.body.link, `${ISSUER}/#invitation=${made.body.invitation}`);
    const listed = async (token: string, query = "") => (await call("GET", path + query, token)).body.items;
    const { invitation: _, link: __, ...shown } = made.body;
    const byId = (a: Json, b: Json) => a.invitation_id < b.invitation_id ? -1 : 1;
    const { invitation: ___, link: ____, ...otherShown } = other.body;
    assertEquals(await listed(two.token), [shown, otherShown].sort(byId));
    assertEquals(await listed(two.token, "?limit=1"), [shown, otherShown].sort(byId).slice(0, 1));
    assertEquals([await listed(one.token), (await listed(operator)).length], [[], 2]);

    const withdraw = async (token: string, id: string) => {
      const { status, body } = await call("DELETE", `${path}/${id}`, token);
      return [status, body?.error.code];
    };
    const { invitation_id } = made.body;
    assertEquals(await withdraw(one.token, invitation_id), [404, "INVITATION_NOT_FOUND"]);
    // Nobody takes what they could not give.
    assertEquals(await withdraw(two.token, other.body.invitation_id), [403, "FORBIDDEN"]);
    assertEquals(await withdraw(two.token, invitation_id), [204, undefined]);
    assertEquals(await withdraw(two.token, invitation_id), [404, "INVITATION_NOT_FOUND"]);
    const { invitation } = made.body;
    const late = { email: "eve@example.org", password: PASSWORD, display_name: "Eve", invitation };
    const answer = await auth.post("/api/v1/auth/register", late);
    assertEquals([answer.status, (await answer.json()).error.code], [403, "INVITATION_NOT_VALID"]);
    assertEquals(await listed(two.token), [otherShown]);
    const withdrawn = `/api/v1/admin/audit?type=invitation_withdrawn&subject=${invitation_id}`;
    // Entries are written together a moment after they were made.
    while ((await call("GET", withdrawn, two.token)).body.items.length === 0) await delay(10);
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
    const since = encodeURIComponent(all.at(-1)?.["at"] ?? "");
    const until = encodeURIComponent(all[0]?.["at"] ?? "");
    const within = await items(operator, `?limit=200&from=${since}&to=${until}`);
    const inTime = ({ at = "" }) => at >= decodeURIComponent(since) && at < decodeURIComponent(until);
    // An entry of that time may have been written since.
    const known = within.filter(({ audit_id }) => all.some((each) => each["audit_id"] === audit_id));
    assertEquals([known, known.length > 0], [all.filter(inTime), true]);
    assertEquals(within.filter(inTime), within);
    assertEquals((await call("GET", "/api/v1/admin/audit?from=yesterday", operator)).status, 400);
    assertEquals((await call("GET", "/api/v1/admin/audit?cursor=nonsense", operator)).status, 400);
    assertEquals((await call("GET", "/api/v1/admin/audit?type=nonsense", operator)).status, 400);
  });

  test("what operators do about clients is no organisation's", async ({ call, one, operator }) => {
    const path = "/api/v1/admin/clients";
    const body = { service_type: "recorder", scope: "service.record.mh" };
    const { client_id } = (await call("POST", path, operator, body)).body;
    await call("PATCH", `${path}/${client_id}`, operator, { display_name: "Recorder", disabled: true });
    await call("POST", `${path}/${client_id}/rotate-secret`, operator);
    await call("DELETE", `${path}/${client_id}`, operator);
    const types = async (token: string) => {
      const { items } = (await call("GET", `/api/v1/admin/audit?subject=${client_id}`, token)).body;
      return items.map(({ type }: Record<string, string>) => type).toSorted();
    };
    // The operator is of the first admin's organisation.
    assertEquals(await types(one.token), []);
    assertEquals(await types(operator), [
      "client_changed",
      "client_disabled",
      "client_registered",
      "client_removed",
      "secret_rotated",
    ]);
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
}

Deno.test("admin › a change of an account is one for all of its sessions", async () => {
  await using auth = await startAuth();
  const { user_id, cookie } = await auth.register("ada@example.org");
  await using store = await connectDatabase<Tables>({ kind: "sqlite", path: auth.database }, 1);
  await changeUser(store, user_id, { disabled: 1 }, Date.now(), unrecorded);
  const answer = await fetch(`${auth.url}/api/v1/auth/user/refresh`, { method: "POST", headers: { cookie } });
  assertEquals(answer.status, 401);
  await answer.body?.cancel();
});

Deno.test("admin › the accounts that one address creates are limited as its logins are", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGINS_PER_SECOND: "1", DT_LIMIT_LOGINS_BURST: "3" });
  const authorization = `Bearer ${await auth.operatorToken()}`;
  const create = async (email: string) => {
    const account = { email, password: PASSWORD, display_name: "Somebody" };
    const answer = await auth.post("/api/v1/admin/users", account, { authorization });
    const { error } = await answer.json();
    return [answer.status, error?.code, answer.headers.get("retry-after")];
  };
  const created = [201, undefined, null];
  assertEquals(await Promise.all([create("a@example.org"), create("b@example.org")]), [created, created]);
  // The limit may have given another turn meanwhile, since the hashes take their time.
  let next: readonly unknown[] = created;
  for (let n = 0; n < 100 && next[0] === 201; n++) next = await create(`c${n}@example.org`);
  assertEquals(next, [429, "RATE_LIMITED", "1"]);
});
