import { assertEquals, assertNotEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { startLiveStore } from "../../../shared/store/live/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

const env = {
  ...wideLimits,
  DT_DISABLED_USERS_CHECK_SECONDS: "1",
};

Deno.test("disabled user › loses every way in and is told to leave; the others don't; enabled again, comes in again", async (t) => {
  await using d = await deployment({ env });
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  const { code, meeting_id } = await createMeeting(ann);
  const elsewhere = await createMeeting(ann);
  const { token } = await join(code, bob);
  const annes = await join(code, ann);
  const sub = String(claimsOf(bob).sub);
  const at = `/api/v1/meetings/${code}`;
  const setDisabled = async (disabled: boolean) => {
    const path = `/api/v1/admin/users/${sub}`;
    assertEquals((await send("PATCH", path, { token: boss, body: { disabled } })).status, 200);
  };
  const service = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
  const ways = async () => {
    const answers = [
      await send("GET", "/api/v1/me", { token: bob }),
      await send("POST", `${at}/join`, { token: bob, body: {} }),
      await send("POST", `${at}/ticket`, { token, body: {} }),
      await send("POST", `${at}/unreachable`, { token, body: {} }),
      await send("POST", `/api/v1/internal/meetings/${meeting_id}/tokens`, { token: service, body: { sub } }),
    ];
    return answers.map((answer) => answer.status === 200 ? "ok" : answer.code);
  };
  const isPutOut = ["UNAUTHORIZED", "UNAUTHORIZED", "REMOVED", "REMOVED", "REMOVED"];
  const until = async (expected: readonly string[]) => {
    while ((await ways()).join() !== expected.join());
  };

  await t.step("every way is refused, an access token with the text of all refused tokens", async () => {
    assertEquals(await ways(), ["ok", "ok", "ok", "ok", "ok"]);
    await setDisabled(true);
    await until(isPutOut);
    const [known, nonsense] = [
      await send("GET", "/api/v1/me", { token: bob }),
      await send("GET", "/api/v1/me", { token: "nonsense" }),
    ];
    assertEquals([known.status, known.body], [401, nonsense.body]);
    assertEquals(known.headers.get("www-authenticate"), nonsense.headers.get("www-authenticate"));
  });

  await t.step(
    "the controller of the meeting is told, and of no other; the live store holds it",
    async () => {
      while (mc.asked.length === 0) await send("GET", "/health");
      assertEquals(mc.asked, [`POST /api/v1/internal/meetings/${meeting_id}/remove`]);
      await using scope = createScope();
      const path = `${d.plan.dataDir}/live/live.db`;
      const live = startLiveStore(scope, { kind: "sqlite", path });
      const issued_ms = Number(claimsOf(token).iat) * 1_000;
      const revoked = async (meeting_id: string, sub: string) =>
        valueOf(await live.revocations.ask("revoked", { meeting_id, sub, issued_ms }));
      assertEquals(await revoked(meeting_id, sub), true);
      assertEquals(await revoked(elsewhere.meeting_id, sub), false);
      assertEquals(await revoked(meeting_id, String(claimsOf(ann).sub)), false);
    },
  );

  await t.step("others go on", async () => {
    assertEquals((await send("GET", "/api/v1/me", { token: ann })).status, 200);
    assertEquals((await send("POST", `${at}/ticket`, { token: annes.token, body: {} })).status, 200);
  });

  await t.step("with AC away it stays so", async () => {
    await d.stop("auth");
    const refused = (reads: string) =>
      Number(/gc_disabled_users_reads_total\{result="failed"\} (\d+)/.exec(reads)?.[1] ?? 0);
    const reads = async () => refused(String((await send("GET", "/metrics")).body));
    const before = await reads();
    while (await reads() === before);
    assertEquals((await send("GET", "/api/v1/me", { token: bob })).status, 401);
    await d.start("auth");
  });

  await t.step("enabled and signed in again, they come in; the old meeting token stays refused", async () => {
    await setDisabled(false);
    const body = { email: "bob@example.org", password: "correct horse" };
    while ((await send("GET", "/api/v1/me", { token: bob })).status !== 200);
    const login = await send("POST", "/api/v1/auth/user/token", { body });
    assertEquals(login.status, 200);
    const again = await join(code, Object(login.body).access_token);
    assertNotEquals(again.token, token);
    assertEquals((await send("POST", `${at}/ticket`, { token: again.token, body: {} })).status, 200);
    assertEquals((await send("POST", `${at}/ticket`, { token, body: {} })).code, "REMOVED");
  });
});

Deno.test("disabled user › a shard that doesn't answer is told again; a global controller that starts later knows", async () => {
  await using d = await deployment({ env });
  const { send, user, admin, createMeeting, join } = client(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  {
    await using mc = await controller(d);
    await mc.register();
    await registerHandler(d);
    const { code } = await createMeeting(ann);
    await join(code, bob);
  }
  // The shards' listeners are gone; GC still takes their controller for alive.
  const path = `/api/v1/admin/users/${claimsOf(bob).sub}`;
  assertEquals((await send("PATCH", path, { token: boss, body: { disabled: true } })).status, 200);
  while (!d.log.some((line) => line.includes("a meeting controller doesn't answer"))) {
    await send("GET", "/health");
  }
  await using mc = await controller(d);
  while (!mc.asked.some((asked) => asked.endsWith("/remove"))) await send("GET", "/health");

  await d.stop("global");
  await d.start("global");
  while ((await send("GET", "/api/v1/me", { token: bob })).status !== 401);
});

Deno.test("disabled user › whom GC doesn't know of yet is refused a ticket all the same, as any bad token is", async () => {
  await using d = await deployment({ env: { ...env, DT_DISABLED_USERS_CHECK_SECONDS: "60" } });
  const { send, user, admin, createMeeting } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  const { code } = await createMeeting(ann);
  const path = `/api/v1/admin/users/${String(claimsOf(bob).sub)}`;
  assertEquals((await send("PATCH", path, { token: boss, body: { disabled: true } })).status, 200);
  const me = await send("GET", "/api/v1/me", { token: bob });
  const join = await send("POST", `/api/v1/meetings/${code}/join`, { token: bob, body: {} });
  assertEquals([me.status, join.status, join.code], [200, 401, "UNAUTHORIZED"]);
});
