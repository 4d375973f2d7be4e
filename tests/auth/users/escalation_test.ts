import { assertEquals } from "@std/assert";
import { databaseKinds } from "../../store/databases.ts";
import { basic, CLIENTS } from "../start_auth.ts";
import { PASSWORD, type Tenants, tenants } from "../tenants.ts";

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (place: Tenants) => Promise<void>) =>
    Deno.test({
      name: `escalation on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using place = await tenants(database.location);
        await work(place);
      },
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
