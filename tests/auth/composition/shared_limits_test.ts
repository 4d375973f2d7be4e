import { assertEquals } from "@std/assert";
import { databaseKinds } from "../../store/databases.ts";
import { OPERATOR, type RunningAuth } from "../start_auth.ts";
import { twoAuths } from "../two_auths.ts";

const statusesOf = async (answers: readonly Promise<Response>[]) => {
  const statuses = [];
  for (const answer of await Promise.all(answers)) {
    await answer.body?.cancel();
    statuses.push(answer.status);
  }
  return statuses.toSorted();
};

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (
    behaviour: string,
    env: Record<string, string>,
    work: (both: readonly RunningAuth[]) => Promise<void>,
  ) =>
    Deno.test({
      name: `limits of several AC on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using processes = await twoAuths(database.location, env);
        await work(processes.both);
      },
    });

  const slow = { DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600" };
  test("failed logins count for all of them", slow, async (both) => {
    for (const email of [OPERATOR.email, "nobody@example.org"]) {
      const guesses = Array.from({ length: 4 }, () => both).flat().map((auth) =>
        auth.post("/api/v1/auth/user/token", { email, password: "wrong" })
      );
      assertEquals(await statusesOf(guesses), [401, 401, 401, 401, 401, 429, 429, 429]);
    }
    const right = both.map((auth) => auth.post("/api/v1/auth/user/token", OPERATOR));
    assertEquals(await statusesOf(right), [429, 429]);
  });

  test(
    "a login that succeeds at one of them forgives the failures at the other",
    slow,
    async ([one, two]) => {
      const login = (auth: RunningAuth | undefined, password: string) =>
        auth === undefined ? [] : [auth.post("/api/v1/auth/user/token", { ...OPERATOR, password })];
      for (let round = 0; round < 3; round++) {
        for (let n = 0; n < 4; n++) assertEquals(await statusesOf(login(one, "wrong")), [401]);
        assertEquals(await statusesOf(login(two, OPERATOR.password)), [200]);
      }
    },
  );

  test("registrations from an address are as many as one of them allows", {
    DT_LIMIT_REGISTRATIONS_PER_HOUR: "3",
  }, async (both) => {
    const registrations = Array.from({ length: 3 }, () => both).flat().map((auth, index) =>
      auth.post("/api/v1/auth/register", {
        email: `user${index}@example.org`,
        password: "a long enough password",
        display_name: "Ada",
      })
    );
    assertEquals(await statusesOf(registrations), [201, 201, 201, 429, 429, 429]);
  });
}
