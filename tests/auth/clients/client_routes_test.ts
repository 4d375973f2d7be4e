import { assertEquals } from "@std/assert";
import { emptyPosts, rawRequest } from "../../raw_request.ts";
import { startAuth } from "../start_auth.ts";

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

Deno.test("clients › a secret is replaced by a request without a body, however that is written", async () => {
  await using auth = await startAuth();
  const path = "/api/v1/admin/clients/meeting/rotate-secret";
  const authorization = `authorization: Bearer ${await auth.operatorToken()}`;
  for (const [form, request] of emptyPosts(path, [authorization])) {
    assertEquals((await rawRequest(auth.url, request)).status, 200, form);
  }
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
