import { assertEquals } from "@std/assert";
import { slowRequest } from "../../raw_request.ts";
import { databaseKinds } from "../../store/databases.ts";
import { PASSWORD, type Tenants, tenants } from "../tenants.ts";

/** What becomes of somebody's rights while their body is on its way, and how their request is answered then. */
const DISABLED = [{ disabled: true }, 401] as const;
const ADMIN = [{ roles: ["member", "admin"] }, 403] as const;
const MEMBER = [{ roles: ["member"] }, 403] as const;

interface Request {
  readonly start: string;
  readonly body: unknown;
  readonly changes: readonly (readonly [change: unknown, status: number])[];
}

/** Sends a request as an operator for each change of their rights; gives the answers that are others than they should be. */
async function wrongAnswers({ auth, call, operator }: Tenants, { start, body, changes }: Request) {
  const wrong: unknown[] = [];
  for (const [change, status] of changes) {
    const account = { email: `${crypto.randomUUID()}@example.org`, password: PASSWORD };
    const { user_id } = (await call("POST", "/api/v1/admin/users", operator, {
      ...account,
      display_name: "Second",
      roles: ["member", "admin", "operator"],
    })).body;
    const login = await auth.post("/api/v1/auth/user/token", account);
    const authorization = `authorization: Bearer ${(await login.json()).access_token}`;
    using slow = await slowRequest(auth.url, [start, authorization], body);
    assertEquals((await call("PATCH", `/api/v1/admin/users/${user_id}`, operator, change)).status, 200);
    const answer = await slow.finish();
    if (answer.status !== status) wrong.push([start, change, answer.status]);
  }
  return wrong;
}

function test(behaviour: string, requestsOf: (place: Tenants) => readonly Request[]) {
  Deno.test(`slow body › ${behaviour}`, async () => {
    const [sqlite] = await databaseKinds();
    await using database = await sqlite?.create();
    if (database === undefined) throw new Error("there is no SQLite");
    await using place = await tenants(database.location);
    const wrong: unknown[] = [];
    for (const request of requestsOf(place)) wrong.push(...await wrongAnswers(place, request));
    assertEquals(wrong, []);
  });
}

test("an operator who lost that role before the body came has no say over clients", () => [{
  start: "POST /api/v1/admin/clients",
  body: { service_type: "recorder", scope: "service.record.mh" },
  changes: [DISABLED, ADMIN],
}, {
  start: "PATCH /api/v1/admin/clients/meeting",
  body: { display_name: "Another" },
  changes: [DISABLED, ADMIN],
}, {
  start: "POST /api/v1/admin/clients/meeting/rotate-secret",
  body: { grace_seconds: 600 },
  changes: [DISABLED, ADMIN],
}]);

test("an administrator who lost that role before the body came invites nobody", () => [{
  start: "POST /api/v1/admin/invitations",
  body: { roles: ["member"] },
  changes: [DISABLED, MEMBER],
}]);

test("an operator who lost that role before the body came has no say over another organisation's accounts", ({ two }) => [
  {
    start: "POST /api/v1/admin/users",
    body: {
      email: "new@example.org",
      password: PASSWORD,
      display_name: "New",
      roles: ["member", "admin"],
      organization: "closed",
    },
    changes: [ADMIN],
  },
  {
    start: `PATCH /api/v1/admin/users/${two.user_id}`,
    body: { roles: ["member"] },
    changes: [ADMIN],
  },
]);
