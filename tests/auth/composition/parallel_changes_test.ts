import { assertEquals } from "@std/assert";
import { databaseKinds } from "../../store/databases.ts";
import { cookieOf, type RunningAuth } from "../start_auth.ts";
import { twoAuths } from "../two_auths.ts";

const ROUNDS = 10;

interface Place {
  readonly both: readonly [RunningAuth, RunningAuth];
  /** A request of the operator at the first or the second. */
  call(
    index: number,
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, work: (place: Place) => Promise<void>) =>
    Deno.test({
      name: `changes through two AC at once on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using processes = await twoAuths(database.location);
        const { both } = processes;
        const authorization = `Bearer ${await both[0].operatorToken()}`;
        await work({
          both,
          async call(index, method, path, body) {
            const answer = await fetch(`${both[index]?.url}/api/v1/admin${path}`, {
              method,
              headers: { authorization, "content-type": "application/json" },
              body: JSON.stringify(body),
            });
            return { status: answer.status, body: await answer.json() };
          },
        });
      },
    });

  test("each secret of two rotations with a grace is good", async ({ both, call }) => {
    const made = await call(0, "POST", "/clients", { service_type: "recorder", scope: "service.record.mh" });
    const client_id = String(made.body["client_id"]);
    const path = `/clients/${client_id}/rotate-secret`;
    const tokens = (client_secret: unknown) =>
      Promise.all(both.map(async ({ url }) => {
        const body = { grant_type: "client_credentials", client_id, client_secret: String(client_secret) };
        const answer = await fetch(`${url}/api/v1/auth/service/token`, {
          method: "POST",
          body: new URLSearchParams(body),
        });
        await answer.body?.cancel();
        return answer.status;
      }));
    for (let round = 0; round < ROUNDS; round++) {
      const rotated = await Promise.all(
        [0, 1].map((index) => call(index, "POST", path, { grace_seconds: 600 })),
      );
      for (const { body } of rotated) {
        // What the other one changed is known a second later at the latest.
        for (let n = 0; n < 1_000; n++) if (!(await tokens(body["client_secret"])).includes(401)) break;
        assertEquals(await tokens(body["client_secret"]), [200, 200]);
      }
    }
  });

  test("what two change of one client or one account is both kept", async ({ both, call }) => {
    const made = await call(0, "POST", "/clients", { service_type: "recorder", scope: "service.record.mh" });
    const { user_id } = await both[0].register("ada@example.org");
    for (let round = 0; round < ROUNDS; round++) {
      const [disabled, roles] = [round % 2 === 0, round % 2 === 0 ? ["member", "admin"] : ["member"]];
      const client = `/clients/${made.body["client_id"]}`;
      const answers = await Promise.all([
        call(0, "PATCH", client, { display_name: `Round ${round}` }),
        call(1, "PATCH", client, { disabled }),
        call(0, "PATCH", `/users/${user_id}`, { roles }),
        call(1, "PATCH", `/users/${user_id}`, { disabled }),
      ]);
      assertEquals(answers.map(({ status }) => status), [200, 200, 200, 200]);
      // A change of nothing answers with what there is.
      const { body: one } = await call(0, "PATCH", client, {});
      assertEquals([one["display_name"], one["disabled"]], [`Round ${round}`, disabled]);
      const { body: two } = await call(1, "PATCH", `/users/${user_id}`, {});
      assertEquals([two["roles"], two["disabled"]], [roles, disabled]);
    }
  });

  test("a client that two disable or enable is on record once", async ({ call }) => {
    const made = await call(0, "POST", "/clients", { service_type: "recorder", scope: "service.record.mh" });
    const { client_id } = made.body;
    for (let round = 0; round < ROUNDS; round++) {
      const change = { disabled: round % 2 === 0 };
      const answers = await Promise.all(
        [0, 1].map((index) => call(index, "PATCH", `/clients/${client_id}`, change)),
      );
      assertEquals(answers.map(({ status, body }) => [status, body["disabled"]]), [
        [200, change.disabled],
        [200, change.disabled],
      ]);
    }
    const listed = await call(0, "GET", `/audit?subject=${client_id}`, undefined);
    const types: string[] = Array.from(Object(listed.body["items"]), ({ type }) => type);
    const each = (type: string) => Array.from({ length: ROUNDS / 2 }, () => type);
    assertEquals(types.toSorted(), [
      ...each("client_disabled"),
      ...each("client_enabled"),
      "client_registered",
    ]);
  });

  test("a session that two end is on record once", async ({ both, call }) => {
    const { user_id, cookie } = await both[0].register("ada@example.org", "a long enough password");
    let session = cookie;
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await Promise.all(
        both.map(({ url }) =>
          fetch(`${url}/api/v1/auth/user/logout`, { method: "POST", headers: { cookie: session } })
        ),
      );
      // Whoever comes later may find it gone.
      assertEquals(answers.map(({ status }) => status).includes(204), true);
      for (const { body } of answers) await body?.cancel();
      const login = { email: "ada@example.org", password: "a long enough password" };
      const answer = await both[0].post("/api/v1/auth/user/token", login);
      session = cookieOf(answer);
      await answer.body?.cancel();
    }
    const { body } = await call(0, "GET", `/audit?type=logout&subject=${user_id}`, undefined);
    assertEquals(Array.from(Object(body["items"])).length, ROUNDS);
  });

  test("of two changes of one password one is done, and its password counts", async ({ both }) => {
    const { access_token } = await both[0].register("ada@example.org", "the first password");
    const passwords = ["the second password", "the third password"];
    const answers = await Promise.all(both.map(async ({ url }, index) => {
      const answer = await fetch(`${url}/api/v1/auth/user/password`, {
        method: "PUT",
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        body: JSON.stringify({ current_password: "the first password", new_password: passwords[index] }),
      });
      await answer.body?.cancel();
      return answer.status;
    }));
    assertEquals(answers.toSorted(), [204, 401]);
    const logins = await Promise.all(passwords.map(async (password) => {
      const answer = await both[0].post("/api/v1/auth/user/token", { email: "ada@example.org", password });
      await answer.body?.cancel();
      return answer.status;
    }));
    assertEquals(logins, answers.map((status) => status === 204 ? 200 : 401));
  });
}
