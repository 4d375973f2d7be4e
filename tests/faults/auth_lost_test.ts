import { assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { childrenOf } from "../dev/running_up.ts";
import { startStack } from "../e2e/stack.ts";

const boss = { email: "boss@example.org", password: "a long enough password" };

Deno.test("auth controller lost › the others behind its port sign people in", async () => {
  await using stack = await startStack({
    DT_AUTH_CONTROLLERS: "2",
    DT_ADMIN_EMAIL: boss.email,
    DT_ADMIN_PASSWORD: boss.password,
    DT_LIMIT_LOGINS_PER_SECOND: "100000",
    DT_LIMIT_LOGINS_BURST: "100000",
    DT_LIMIT_ADDRESS_PER_SECOND: "100000",
    DT_LIMIT_ADDRESS_BURST: "100000",
  });
  const login = async () => {
    const answer = await fetch(`${stack.origin}/api/v1/auth/user/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(boss),
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const logins = () => Promise.all(Array.from({ length: 4 }, login));
  const controllers = () => childrenOf(stack.pid, "/auth/main.ts");
  assertEquals(new Set(await logins()), new Set([200]));
  const [one, ...others] = await controllers();
  assertEquals(others.length, 1);
  Deno.kill(one ?? 0, "SIGKILL");
  // What it was answering is lost, and may be asked again.
  assertEquals((await logins()).filter((status) => status !== 200 && status !== 503), []);
  // Sooner than it is back.
  assertEquals(new Set(await logins()), new Set([200]));
  while ((await controllers()).filter((pid) => pid !== one).length < 2) await delay(100);
});
