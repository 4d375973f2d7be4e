import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { meeting, ticket } from "../../../shared/protocol/mod.ts";
import { firstGeneration } from "../../../shared/store/live/ports/leases.ts";
import { emptyPosts, rawRequest } from "../../raw_request.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, handlerRegistration, registerHandler } from "../support/controllers.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("tickets › who gets in, as what, and where", async (t) => {
  await using d = await deployment({ organization: "other", env: { DT_REGION: "north" } });
  const { send, user, admin, createMeeting, join } = client(d);
  const ann = await user("ann");
  const bob = await user("bob");
  const eve = await user("eve", "other");
  const made = await createMeeting(ann);
  const path = `/api/v1/meetings/${made.code}`;

  await t.step("without a controller, then without a handler, it is said what is missing", async () => {
    const before = await send("POST", `${path}/join`, { token: ann, body: {} });
    assertEquals([before.status, before.code], [503, "CONTROLLER_UNAVAILABLE"]);
    assertEquals(before.headers.get("retry-after"), "1");
    assertEquals((await send("GET", "/ready")).status, 503);
  });

  await using mc = await controller(d);
  assertEquals(await mc.register(), 201);

  await t.step("a controller alone carries no media", async () => {
    const answer = await send("POST", `${path}/join`, { token: ann, body: {} });
    assertEquals([answer.status, answer.code], [503, "HANDLER_UNAVAILABLE"]);
  });

  assertEquals(await registerHandler(d), 201);

  await t.step("ready once keys, a controller and a handler are there", async () => {
    while ((await send("GET", "/ready")).status !== 200);
  });

  await t.step("a host's ticket", async () => {
    const got = await join(made.code, ann);
    const urls = mc.registration.endpoints.shards.map(({ signaling_url }) => signaling_url);
    assert(urls.includes(got.signaling_url), got.signaling_url);
    assertEquals(got.rtp_capabilities, handlerRegistration.rtp_capabilities);
    assertEquals([got.meeting_id, got.ice_servers, got.expires_in], [made.meeting_id, [], 900]);
    const { role, participant_type, meeting_id, aud, iss, sub, region } = claimsOf(got.token);
    assertEquals([role, participant_type, meeting_id], ["host", "member", made.meeting_id]);
    assertEquals(region, "north");
    assertEquals([aud, iss, sub], ["darktower:meeting", d.plan.publicUrl, claimsOf(ann).sub]);
  });

  await t.step("a ticket needs no body, and of one that is there the media type and the form", async () => {
    const { token } = await join(made.code, bob);
    for (const [way, by] of [["join", bob], ["ticket", token], ["unreachable", token]] as const) {
      const authorization = `authorization: Bearer ${by}`;
      for (const [form, request] of emptyPosts(`${path}/${way}`, [authorization])) {
        assertEquals((await rawRequest(d.url, request)).status, 200, `${way}, ${form}`);
      }
      const form = { "content-type": "text/plain" };
      assertEquals(
        (await send("POST", `${path}/${way}`, { token: by, body: {}, headers: form })).status,
        415,
      );
      assertEquals((await send("POST", `${path}/${way}`, { token: by, body: { a: 1 } })).status, 400);
    }
  });

  await t.step("members are participants, admins are hosts, all at the same place", async () => {
    const [annes, bobs, admins] = [
      await join(made.code, ann),
      await join(made.code, bob),
      await join(made.code, await admin()),
    ];
    assertEquals([claimsOf(bobs.token).role, claimsOf(admins.token).role], ["participant", "host"]);
    assertEquals([claimsOf(annes.token).display_name, claimsOf(bobs.token).display_name], ["ann", "bob"]);
    assertEquals(new Set([annes, bobs, admins].map(({ signaling_url }) => signaling_url)).size, 1);
  });

  await t.step("the meeting isn't live before somebody has come in with a ticket", async () => {
    const { body } = await send("GET", path, { token: ann });
    assert(typeof body === "object" && body !== null && "status" in body);
    assertEquals(body.status, "scheduled");
  });

  await t.step("strangers come in as far as the settings let them", async () => {
    const refused = await send("POST", `${path}/join`, { token: eve, body: {} });
    assertEquals([refused.status, refused.code], [404, "MEETING_NOT_FOUND"]);
    const guest = await send("POST", `${path}/guest-token`, { body: { display_name: "Gil" } });
    assertEquals([guest.status, guest.code], [403, "GUESTS_NOT_ALLOWED"]);
    const body = { settings: { allow_guests: true, allow_external_participants: true } };
    assertEquals((await send("PATCH", path, { token: ann, body })).status, 200);
    const external = claimsOf((await join(made.code, eve)).token);
    assertEquals([external.participant_type, external.role], ["external", "participant"]);
    assertNotEquals(external.home_org_id, external.meeting_org_id);
    const let_in = await send("POST", `${path}/guest-token`, { body: { display_name: " Gil " } });
    const { role, participant_type, display_name, region } = claimsOf(ticket.parse(let_in.body).token);
    assertEquals([role, participant_type, display_name, region], ["guest", "guest", "Gil", "north"]);
  });

  await t.step("the controller hears of changed settings and of the end", async () => {
    assertEquals(mc.asked, [`PUT /api/v1/internal/meetings/${made.meeting_id}/facts`]);
    const other = await createMeeting(ann);
    await join(other.code, ann);
    await send("DELETE", `/api/v1/meetings/${other.code}`, { token: ann });
    assertEquals(mc.asked.at(-1), `POST /api/v1/internal/meetings/${other.meeting_id}/end`);
  });

  await t.step(
    "a meeting token gets a fresh ticket for the same subject, for its meeting alone",
    async () => {
      const first = await join(made.code, bob);
      const again = ticket.parse(
        (await send("POST", `${path}/ticket`, { token: first.token, body: {} })).body,
      );
      assertEquals(claimsOf(again.token).sub, claimsOf(first.token).sub);
      assertEquals([claimsOf(again.token).role, claimsOf(again.token).region], ["participant", "north"]);
      const other = await createMeeting(ann);
      const wrong = await send("POST", `/api/v1/meetings/${other.code}/ticket`, {
        token: first.token,
        body: {},
      });
      assertEquals([wrong.status, wrong.code], [401, "UNAUTHORIZED"]);
      for (const token of [ann, `${first.token.slice(0, -4)}AAAA`]) {
        assertEquals((await send("POST", `${path}/ticket`, { token, body: {} })).status, 401);
      }
      assertEquals((await send("GET", path, { token: first.token })).status, 401);
    },
  );

  await t.step(
    "a change that the controller doesn't take is saved, and whoever made it hears of that",
    async () => {
      const body = { max_participants: 9 };
      const change = () => send("PATCH", path, { token: ann, body });
      mc.take(false);
      const untold = await change();
      assertEquals([untold.status, untold.code], [503, "NOT_IN_FORCE"]);
      assertEquals(untold.headers.get("retry-after"), "1");
      assertEquals(meeting.parse((await send("GET", path, { token: ann })).body).max_participants, 9);
      mc.take(true);
      assertEquals((await change()).status, 200);
    },
  );

  await t.step("the controller that runs a meeting gets fresh tokens for who is in it", async () => {
    const token = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
    const at = `/api/v1/internal/meetings/${made.meeting_id}/tokens`;
    const { sub } = claimsOf((await join(made.code, bob)).token);
    const fresh = await send("POST", at, { token, body: { sub } });
    assert(typeof fresh.body === "object" && fresh.body !== null && "token" in fresh.body);
    const { sub: whose, region } = claimsOf(String(fresh.body.token));
    assertEquals([whose, region], [sub, "north"]);
    assertEquals((await send("POST", at, { token, body: { sub: "nobody" } })).status, 404);
    const elsewhere = `/api/v1/internal/meetings/${crypto.randomUUID()}/tokens`;
    assertEquals((await send("POST", elsewhere, { token, body: { sub } })).status, 403);
    const narrow = await d.serviceToken("meeting", "service.register-controller.gc");
    assertEquals((await send("POST", at, { token: narrow, body: { sub } })).status, 403);
    assertEquals((await send("POST", at, { token: ann, body: { sub } })).status, 401);
  });

  await t.step("who is in a meeting for days is known for as long as its controller asks", async () => {
    const token = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
    const at = `/api/v1/internal/meetings/${made.meeting_id}/tokens`;
    const { sub } = claimsOf((await join(made.code, bob)).token);
    using database = new DatabaseSync(`${d.plan.dataDir}/global/global.db`);
    const of = "WHERE meeting_id = ? AND sub = ?";
    const whose = [made.meeting_id, String(sub)] as const;
    database.prepare(`UPDATE identities SET issued_at = 1 ${of}`).run(...whose);
    assertEquals((await send("POST", at, { token, body: { sub } })).status, 200);
    const known = database.prepare(`SELECT issued_at FROM identities ${of}`).get(...whose);
    assert(Number(known?.issued_at) > 1, "it would be forgotten");
  });

  await t.step("a controller that has lost the meeting meanwhile doesn't end it", async () => {
    const token = await d.serviceToken("meeting", "service.register-controller.gc");
    const { code, meeting_id } = await createMeeting(ann);
    await join(code, ann);
    const report = (generation: number) =>
      send("POST", `/api/v1/internal/meetings/${meeting_id}/end`, { token, body: { generation } });
    assertEquals((await report(1)).status, 403);
    await join(code, ann);
    assertEquals((await report(firstGeneration(1) + 1)).status, 204, "the one that has it does");
  });

  await t.step("a host who ends the meeting at its controller ends it here", async () => {
    const token = await d.serviceToken("meeting", "service.register-controller.gc");
    const at = `/api/v1/internal/meetings/${made.meeting_id}/end`;
    assertEquals((await send("POST", at, { token: ann, body: {} })).status, 401);
    assertEquals((await send("POST", at, { token, body: {} })).status, 204);
    assertEquals((await send("POST", `${path}/join`, { token: bob, body: {} })).code, "MEETING_ENDED");
  });

  await t.step(
    "a controller that reports the end of a meeting that has ended learns that it has",
    async () => {
      const token = await d.serviceToken("meeting", "service.register-controller.gc");
      const report = ({ meeting_id }: { meeting_id: string }) =>
        send("POST", `/api/v1/internal/meetings/${meeting_id}/end`, { token, body: {} });
      const other = await createMeeting(ann);
      assertEquals((await report(other)).status, 403, "nobody runs it");
      await join(other.code, ann);
      assertEquals((await send("DELETE", `/api/v1/meetings/${other.code}`, { token: ann })).status, 204);
      assertEquals((await report(other)).status, 204);
    },
  );
});
