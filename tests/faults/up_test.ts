import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { allSilent, childrenOf, ready, startUp, upPlace } from "../dev/running_up.ts";
import type { Supervised } from "../dev/supervised.ts";

function operatorIn(up: Supervised): { email: string; password: string } {
  const line = up.lines.find((candidate) => candidate.startsWith("operator: "));
  const [, email = "", password = ""] = /^operator: (\S+), password: (\S+) /.exec(line ?? "") ?? [];
  return { email, password };
}

Deno.test("up › first start, operator, a service that dies, second start, and nothing left over", async () => {
  const place = await upPlace();
  const page = `http://localhost:${place.port}`;
  {
    await using up = await startUp(place);
    await ready(up);
    assertEquals(up.lines.at(-1), `ready ${page}`);
    const html = await (await fetch(`${page}/`)).text();
    assertMatch(html, /<html/);
    const login = await fetch(`${page}/api/v1/auth/user/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(operatorIn(up)),
    });
    assertEquals(login.status, 200);
    assertEquals((await login.json()).token_type, "Bearer");

    const [media] = await childrenOf(up.pid, "/media/main.ts");
    assert(media);
    Deno.kill(media, "SIGKILL");
    assertStringIncludes(await up.line("media: ended"), "by SIGKILL");
    await up.line("media: starting again");
    up.kill("SIGTERM");
    assertEquals(await up.exitCode, 0);
    assert(allSilent(place));
  }
  await using again = await startUp(place);
  await ready(again);
  assertEquals(again.lines.filter((line) => line.startsWith("operator: ")), []);
  again.kill("SIGINT");
  assertEquals(await again.exitCode, 0);
  assert(allSilent(place));
  const bootstrap = await Deno.readTextFile(`${place.dataDir}/auth/bootstrap.json`);
  assertEquals(JSON.parse(bootstrap).operator, undefined);
});

Deno.test("up › the operator's address and password can be given, and are not printed", async () => {
  const place = await upPlace();
  const given = { DT_ADMIN_EMAIL: "ann@example.org", DT_ADMIN_PASSWORD: "a password of mine" };
  await using up = await startUp(place, given);
  await ready(up);
  assertEquals(up.lines.filter((line) => line.includes(given.DT_ADMIN_PASSWORD)), []);
  const login = await fetch(`http://localhost:${place.port}/api/v1/auth/user/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: given.DT_ADMIN_EMAIL, password: given.DT_ADMIN_PASSWORD }),
  });
  assertEquals(login.status, 200);
  await login.body?.cancel();
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});

Deno.test("up › where others reach it nobody registers by themselves, and it says how to invite", async () => {
  const place = await upPlace();
  const register = async (name: string) => {
    const body = { email: `${name}@example.org`, password: "a long password", display_name: name };
    const answer = await fetch(`http://localhost:${place.port}/api/v1/auth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await answer.body?.cancel();
    return answer.status;
  };
  for (
    const [env, status] of [[{}, 201], [{ DT_HOST: "0.0.0.0", DT_PUBLIC_HOST: "localhost" }, 403]] as const
  ) {
    await using up = await startUp(place, env);
    await ready(up);
    assertEquals(await register(`user-${status}`), status);
    const invites = up.lines.filter((line) => line.includes("invitation create --organization default"));
    assertEquals(invites.length, status === 201 ? 0 : 1);
    up.kill("SIGTERM");
    assertEquals(await up.exitCode, 0);
  }
});

Deno.test("up › when it is killed its services end", async () => {
  const place = await upPlace();
  await using up = await startUp(place);
  await ready(up);
  up.kill("SIGKILL");
  await up.exitCode;
  while (!allSilent(place)) await new Promise((resolve) => setTimeout(resolve, 20));
});
