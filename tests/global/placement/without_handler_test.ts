import { assertEquals } from "@std/assert";
import type { Participant } from "../../../shared/protocol/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

const env = { ...wideLimits, DT_DISABLED_USERS_CHECK_SECONDS: "1" };

Deno.test("without a media handler › a running meeting hears of everything, and its reports are taken", async (t) => {
  await using d = await deployment({ env });
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  const { code, meeting_id } = await createMeeting(ann);
  for (const token of [ann, bob]) await join(code, token);
  const at = `/api/v1/internal/meetings/${meeting_id}`;
  const sub = String(claimsOf(bob).sub);
  const media = await d.serviceToken("media", "service.register-handler.gc");
  const meeting = await d.serviceToken("meeting", "service.register-controller.gc");
  const report = async (what: string, body: object) =>
    (await send("POST", `${at}/${what}`, { token: meeting, body })).status;

  await t.step("the only one leaves: nobody new can come in", async () => {
    assertEquals(
      (await send("DELETE", "/api/v1/internal/media-handlers/mh-1", { token: media })).status,
      204,
    );
    const refused = await send("POST", `/api/v1/meetings/${code}/join`, { token: ann, body: {} });
    assertEquals(refused.code, "HANDLER_UNAVAILABLE");
  });

  await t.step("a change of its settings reaches its controller", async () => {
    const body = { display_name: "Daily" };
    assertEquals((await send("PATCH", `/api/v1/meetings/${code}`, { token: ann, body })).status, 200);
    assertEquals(mc.asked, [`PUT ${at}/facts`]);
  });

  await t.step("its hosts see who is in it", async () => {
    const participant: Participant = {
      participant_id: "p-1",
      display_name: "Bob",
      role: "participant",
      participant_type: "member",
      state: "joined",
      sources: [],
      hand_raised: false,
      joined_at: "2026-01-01T00:00:00.000Z",
    };
    mc.tellRoster({ participants: [participant], hosts: [] });
    const listed = await send("GET", `/api/v1/meetings/${code}/participants`, { token: ann });
    assertEquals(listed.body, { items: [participant], next_cursor: null });
  });

  await t.step("the report of a removal is taken", async () => {
    assertEquals(await report("removals", { sub: "guest:gus", banned: true, at_ms: 1 }), 204);
  });

  await t.step("who is disabled is removed", async () => {
    const path = `/api/v1/admin/users/${sub}`;
    assertEquals((await send("PATCH", path, { token: boss, body: { disabled: true } })).status, 200);
    while (!mc.asked.includes(`POST ${at}/remove`)) await send("GET", "/health");
  });

  await t.step("a host's end of it is taken", async () => {
    assertEquals(await report("end", { by: { sub: "ann", address: "192.0.2.1" } }), 204);
  });
});
