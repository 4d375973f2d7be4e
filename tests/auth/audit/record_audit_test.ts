import { assertEquals } from "@std/assert";
import { decodeJwt } from "@panva/jose";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { uuidV7 } from "../../../shared/uuid_v7.ts";
import { databaseKinds } from "../../store/databases.ts";
import { startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";

const SCOPE = "service.record-audit.ac";
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function entryOf(change: object = {}) {
  return {
    audit_id: uuidV7(AT),
    at: new Date(AT).toISOString(),
    type: "guest_admitted",
    actor: "host-1",
    subject: "guest-1",
    organization_id: "o-1",
    address: "192.0.2.7",
    result: "ok",
    details: { meeting_id: "m-1", locked: 1 },
    ...change,
  };
}

async function record(auth: RunningAuth, entries: unknown, token?: string): Promise<Response> {
  const bearer = token ?? await auth.serviceToken("global", SCOPE);
  return await auth.post("/api/v1/auth/internal/audit", { entries }, { authorization: `Bearer ${bearer}` });
}

async function trail(auth: RunningAuth, type: string, token?: string) {
  const answer = await fetch(`${auth.url}/api/v1/admin/audit?type=${type}`, {
    headers: { authorization: `Bearer ${token ?? await auth.operatorToken()}` },
  });
  assertEquals(answer.status, 200);
  return (await answer.json()).items;
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const envOf = (location: DatabaseLocation): Record<string, string> =>
    location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {};

  Deno.test({
    name: `reported events on ${name} › are in the trail once, however often they come`,
    ignore,
    async fn() {
      await using database = await create();
      await using auth = await startAuth(envOf(database.location));
      const entries = Array.from({ length: 100 }, (_, n) => entryOf({ subject: `guest-${n}` }));
      for (const sent of [entries, entries, entries.slice(7, 8)]) {
        const answer = await record(auth, sent);
        assertEquals([answer.status, await answer.text()], [204, ""]);
      }
      const seen = await trail(auth, "guest_admitted&limit=200");
      const sorted = (list: { audit_id: string }[]) =>
        list.toSorted((a, b) => a.audit_id < b.audit_id ? -1 : 1);
      assertEquals(sorted(seen), sorted(entries));
    },
  });
}

Deno.test("reported events › are seen by their organisation's admins, and by no other's", async () => {
  await using auth = await startAuth();
  const operator = await auth.operatorToken();
  const headers = { authorization: `Bearer ${operator}` };
  const own = decodeJwt(operator)["org_id"];
  const admin = { email: "admin@example.org", password: "a long enough password" };
  const made = await auth.post("/api/v1/admin/users", {
    ...admin,
    display_name: "Admin",
    roles: ["member", "admin"],
  }, headers);
  assertEquals([made.status, (await made.json()).roles], [201, ["member", "admin"]]);
  const theirs = await (await auth.post("/api/v1/auth/user/token", admin)).json();
  const sent = await record(auth, [entryOf({ organization_id: own }), entryOf({ subject: "other" })]);
  assertEquals(sent.status, 204);
  const subjects = async (token: string) =>
    (await trail(auth, "guest_admitted", token)).map(({ subject }: { subject: string }) => subject);
  assertEquals(await subjects(theirs.access_token), ["guest-1"]);
  assertEquals((await subjects(operator)).sort(), ["guest-1", "other"]);
});

Deno.test("reported events › AC's own can't be forged, and nothing of a request with a bad entry is taken", async () => {
  await using auth = await startAuth();
  const token = await auth.serviceToken("global", SCOPE);
  const bad: [entry: unknown, path: string][] = [
    [entryOf({ type: "login" }), "entries.1.type"],
    [entryOf({ type: "role_changed" }), "entries.1.type"],
    [entryOf({ organization_id: null }), "entries.1.organization_id"],
    [entryOf({ audit_id: crypto.randomUUID() }), "entries.1.audit_id"],
    [entryOf({ audit_id: uuidV7(AT + 1) }), "entries.1.audit_id"],
    [entryOf({ at: "yesterday" }), "entries.1.at"],
    [entryOf({ actor: "" }), "entries.1.actor"],
    [entryOf({ address: "not an address" }), "entries.1.address"],
    [entryOf({ result: "" }), "entries.1.result"],
    [entryOf({ details: { deep: {} } }), "entries.1.details.deep"],
    [entryOf({ secret: "x" }), "entries.1.secret"],
  ];
  for (const [entry, path] of bad) {
    const answer = await record(auth, [entryOf(), entry], token);
    const { error } = await answer.json();
    assertEquals([answer.status, error.details[0].path], [400, path]);
  }
  for (const entries of [[], undefined, Array.from({ length: 101 }, () => entryOf())]) {
    const answer = await record(auth, entries, token);
    assertEquals([answer.status, (await answer.json()).error.details[0].path], [400, "entries"]);
  }
  const large = await record(auth, [entryOf({ details: { text: "x".repeat(70_000) } })], token);
  assertEquals([large.status, (await large.json()).error.code], [413, "PAYLOAD_TOO_LARGE"]);
  assertEquals(await trail(auth, "guest_admitted"), []);
});

Deno.test("reported events › are taken from who has the scope alone", async () => {
  await using auth = await startAuth();
  const { access_token } = await auth.register("ada@example.org");
  const refused: [token: string, status: number][] = [
    ["", 401],
    [access_token, 401],
    [await auth.operatorToken(), 401],
    [await auth.serviceToken("global", "service.forward-address.ac"), 403],
    [await auth.serviceToken("meeting", "service.link.mh"), 401],
  ];
  for (const [token, status] of refused) {
    const answer = await record(auth, [entryOf()], token);
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  }
  assertEquals(await trail(auth, "guest_admitted"), []);
});

Deno.test("reported events › while they can't be stored the answer says to come again", async () => {
  await using auth = await startAuth();
  const token = await auth.serviceToken("global", SCOPE);
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(auth.database);
  try {
    database.exec("ALTER TABLE audit RENAME TO audit_away");
    const answer = await record(auth, [entryOf()], token);
    assertEquals([answer.status, answer.headers.get("retry-after")], [503, "1"]);
    assertEquals((await answer.json()).error.code, "UNAVAILABLE");
    database.exec("ALTER TABLE audit_away RENAME TO audit");
    assertEquals((await record(auth, [entryOf()], token)).status, 204);
  } finally {
    database.close();
  }
});
