import { assertEquals } from "@std/assert";
import { cookieOf, startAuth } from "../start_auth.ts";

const refresh = (url: string, cookie: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/auth/user/refresh`, { method: "POST", headers: { cookie, ...headers } });

Deno.test("password › changing it ends the other sessions, and only the new one counts", async () => {
  await using auth = await startAuth();
  const { access_token, cookie } = await auth.register("ada@example.org", "the first password");
  const login = (password: string) =>
    auth.post("/api/v1/auth/user/token", { email: "ada@example.org", password });
  const other = cookieOf(await login("the first password"));
  const change = (current_password: string) =>
    fetch(`${auth.url}/api/v1/auth/user/password`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${access_token}`, cookie },
      body: JSON.stringify({ current_password, new_password: "the second password" }),
    });
  assertEquals((await change("not the password")).status, 401);
  assertEquals((await change("the first password")).status, 204);
  assertEquals((await refresh(auth.url, other)).status, 401);
  assertEquals((await refresh(auth.url, cookie)).status, 200);
  assertEquals((await login("the first password")).status, 401);
  assertEquals((await login("the second password")).status, 200);
});

Deno.test("password › who guesses at it with a stolen token has no more tries than at the login", async () => {
  await using auth = await startAuth({ DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS: "600" });
  const { access_token } = await auth.register("ada@example.org", "the first password");
  const guess = () =>
    fetch(`${auth.url}/api/v1/auth/user/password`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${access_token}` },
      body: JSON.stringify({ current_password: "a wrong password", new_password: "the second password" }),
    });
  const statuses: number[] = [];
  for (let failure = 0; failure < 5; failure++) statuses.push((await guess()).status);
  assertEquals(statuses, [401, 401, 401, 401, 401]);
  const login = await auth.post("/api/v1/auth/user/token", {
    email: "ada@example.org",
    password: "the first password",
  });
  assertEquals([login.status, (await login.json()).error.code], [429, "TOO_MANY_ATTEMPTS"]);
});
