import { assertEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { startLiveStore } from "../../../shared/store/live/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

Deno.test("removal › a ban that a controller reported outlives the live store, at GC's doors and at the shards'", async () => {
  await using d = await deployment();
  const { send, user, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const [ann, bob] = [await user("ann"), await user("bob")];
  const { code, meeting_id } = await createMeeting(ann);
  const { token } = await join(code, bob);
  const sub = String(claimsOf(token).sub);
  const at_ms = Number(claimsOf(token).iat) * 1_000;
  const report = async (client: "meeting" | "media", body: object) => {
    const scope = client === "meeting" ? "service.register-controller.gc" : "service.register-handler.gc";
    const service = await d.serviceToken(client, scope);
    return await send("POST", `/api/v1/internal/meetings/${meeting_id}/removals`, { token: service, body });
  };
  assertEquals((await report("media", { sub, banned: true, at_ms })).status, 403, "only who runs it");
  assertEquals((await report("meeting", { sub, banned: true })).status, 400);
  assertEquals((await report("meeting", { sub, banned: true, at_ms })).status, 204);
  assertEquals((await report("meeting", { sub, banned: false, at_ms: at_ms + 1 })).status, 204);

  await using scope = createScope();
  const live = startLiveStore(scope, { kind: "sqlite", path: `${d.plan.dataDir}/live/live.db` });
  const isKnown = async () =>
    valueOf(await live.revocations.ask("revoked", { meeting_id, sub, issued_ms: at_ms + 999_999_999 }));
  assertEquals(await isKnown(), false, "the live store has lost it, as far as this test goes");
  const at = `/api/v1/meetings/${code}`;
  for (const [path, by] of [["ticket", token], ["unreachable", token], ["join", bob]] as const) {
    const answer = await send("POST", `${at}/${path}`, { token: by, body: {} });
    assertEquals([answer.status, answer.code], [403, "REMOVED"], path);
  }
  await join(code, ann);
  assertEquals(await isKnown(), true, "any ticket of the meeting has it loaded, for the shards' doors");
});

Deno.test("removal › who was removed gets no ticket with an old token, who was banned none at all", async () => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const ann = await user("ann");
  const bob = await user("bob");
  const { code, meeting_id } = await createMeeting(ann);
  const { token } = await join(code, bob);
  const sub = String(claimsOf(token).sub);
  await using scope = createScope();
  const path = `${d.plan.dataDir}/live/live.db`;
  const live = startLiveStore(scope, { kind: "sqlite", path });
  const at = `/api/v1/meetings/${code}`;
  const attempts = async () => {
    const answers = [
      await send("POST", `${at}/ticket`, { token, body: {} }),
      await send("POST", `${at}/unreachable`, { token, body: {} }),
      await send("POST", `${at}/join`, { token: bob, body: {} }),
    ];
    return answers.map((answer) => answer.status === 200 ? "ok" : answer.code);
  };

  assertEquals(await attempts(), ["ok", "ok", "ok"]);
  const at_ms = Number(claimsOf(token).iat) * 1_000;
  valueOf(await live.revocations.ask("revoke", { meeting_id, sub, banned: false, at_ms }));
  // In the second of the removal a new token would be refused by the meeting.
  while ((await attempts()).at(-1) === "REMOVED");
  assertEquals(await attempts(), ["REMOVED", "REMOVED", "ok"]);
  valueOf(await live.revocations.ask("revoke", { meeting_id, sub, banned: true, at_ms }));
  assertEquals(await attempts(), ["REMOVED", "REMOVED", "REMOVED"]);
  const service = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
  const fresh = await send("POST", `/api/v1/internal/meetings/${meeting_id}/tokens`, {
    token: service,
    body: { sub },
  });
  assertEquals([fresh.status, fresh.code], [403, "REMOVED"]);
  await join(code, ann);
});
