import { assertEquals, assertMatch } from "@std/assert";
import { meeting, meetingList } from "../../../shared/protocol/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

Deno.test("meetings › from creating one to its end", async (t) => {
  await using d = await deployment({ organization: "other", env: wideLimits });
  const { send, user, admin, createMeeting } = client(d);
  const ann = await user("ann");
  const bob = await user("bob");
  const eve = await user("eve", "other");
  const made = await createMeeting(ann, { settings: { allow_guests: true } });
  let full = made;
  const path = `/api/v1/meetings/${made.code}`;

  await t.step("a new meeting has a link that can't be guessed, and the defaults", () => {
    assertMatch(made.code, /^[\w-]{12,64}$/);
    assertEquals(made.join_url, `${d.plan.publicUrl}/m/${made.code}`);
    assertEquals(made.status, "scheduled");
    assertEquals(made.settings, {
      allow_guests: true,
      allow_external_participants: false,
      waiting_room: true,
      e2ee: false,
      permissions: { microphone: true, camera: true, screen: true, chat: true, rename: true },
      start_muted_above: null,
      end_after_last_host_minutes: null,
      max_duration_minutes: null,
      on_join: { microphone: true, camera: true },
    });
  });

  await t.step("without a token nothing is told", async () => {
    for (
      const [method, at] of [
        ["PATCH", path],
        ["DELETE", path],
        ["GET", "/api/v1/meetings"],
        ["GET", `${path}/participants`],
        ["GET", "/api/v1/me"],
      ] as const
    ) {
      const answer = await send(method, at);
      assertEquals([answer.status, answer.code], [401, "UNAUTHORIZED"]);
    }
  });

  await t.step("end-to-end encryption is refused until it exists", async () => {
    const body = { display_name: "Secret", settings: { e2ee: true } };
    const answer = await send("POST", "/api/v1/meetings", { token: ann, body });
    assertEquals([answer.status, answer.code], [400, "INVALID_REQUEST"]);
  });

  await t.step("an unknown field is refused by name", async () => {
    const answer = await send("POST", "/api/v1/meetings", {
      token: ann,
      body: { display_name: "A", color: "red" },
    });
    assertEquals(answer.body, {
      error: {
        code: "INVALID_REQUEST",
        message: "The request is not valid",
        details: [{ path: "color", message: "is not a known field" }],
      },
    });
  });

  await t.step(
    "every setting is kept, any part of it can be changed, and none that is out of bounds",
    async () => {
      const settings = {
        allow_external_participants: true,
        permissions: { camera: false, chat: false },
        start_muted_above: 0,
        end_after_last_host_minutes: 15,
        max_duration_minutes: 60,
        on_join: { camera: false },
      };
      full = await createMeeting(ann, { settings });
      const defaults = { ...full.settings, allow_guests: false, waiting_room: true, e2ee: false };
      assertEquals(full.settings, {
        ...defaults,
        ...settings,
        permissions: { microphone: true, camera: false, screen: true, chat: false, rename: true },
        on_join: { microphone: true, camera: false },
      });
      const at = `/api/v1/meetings/${full.code}`;
      const change = {
        permissions: { camera: true },
        max_duration_minutes: null,
        on_join: { microphone: false },
      };
      const changed = await send("PATCH", at, { token: ann, body: { settings: change } });
      assertEquals(meeting.parse(changed.body).settings, {
        ...full.settings,
        permissions: { ...full.settings.permissions, camera: true },
        max_duration_minutes: null,
        on_join: { microphone: false, camera: false },
      });
      for (
        const wrong of [
          { max_duration_minutes: 0 },
          { max_duration_minutes: 1.5 },
          { end_after_last_host_minutes: -1 },
          { end_after_last_host_minutes: "10" },
          { start_muted_above: -1 },
          { permissions: { microphone: "no" } },
          { permissions: { record: true } },
          { on_join: { screen: true } },
          { waitingroom: true },
        ]
      ) {
        for (const [method, where] of [["POST", "/api/v1/meetings"], ["PATCH", at]] as const) {
          const body = { ...(method === "POST" ? { display_name: "Weekly" } : {}), settings: wrong };
          const answer = await send(method, where, { token: ann, body });
          assertEquals([answer.status, answer.code], [400, "INVALID_REQUEST"], JSON.stringify(wrong));
        }
      }
      assertEquals((await send("PATCH", at, { token: bob, body: { settings: change } })).status, 403);
      assertEquals((await send("PATCH", at, { token: eve, body: { settings: change } })).status, 404);
      assertEquals((await send("DELETE", at, { token: ann })).status, 204);
    },
  );

  await t.step("its organisation sees it, another one doesn't", async () => {
    const seen = await send("GET", path, { token: bob });
    assertEquals(meeting.parse(seen.body), made);
    for (const method of ["GET", "DELETE"]) {
      const hidden = await send(method, path, { token: eve });
      assertEquals([hidden.status, hidden.code], [404, "MEETING_NOT_FOUND"]);
    }
    assertEquals(meetingList.parse((await send("GET", "/api/v1/meetings", { token: eve })).body).items, []);
  });

  await t.step("only who created it and admins change it", async () => {
    const body = { display_name: "Monthly", settings: { waiting_room: false } };
    assertEquals((await send("PATCH", path, { token: bob, body })).status, 403);
    assertEquals((await send("DELETE", path, { token: bob })).status, 403);
    const changed = meeting.parse((await send("PATCH", path, { token: ann, body })).body);
    assertEquals(changed.display_name, "Monthly");
    assertEquals(changed.settings, { ...made.settings, waiting_room: false });
    const again = await send("PATCH", path, { token: await admin(), body: { max_participants: 7 } });
    assertEquals(meeting.parse(again.body).max_participants, 7);
  });

  await t.step("of two settings that are changed at once, both are", async () => {
    for (let round = 0; round < 10; round++) {
      const wanted = round % 2 === 0;
      const change = (settings: object) => send("PATCH", path, { token: ann, body: { settings } });
      const answers = await Promise.all([
        change({ allow_guests: wanted }),
        change({ allow_external_participants: wanted }),
      ]);
      assertEquals(answers.map(({ status }) => status), [200, 200]);
      const { settings } = meeting.parse((await send("GET", path, { token: ann })).body);
      assertEquals([settings.allow_guests, settings.allow_external_participants], [wanted, wanted]);
    }
  });

  await t.step("a list comes in pages, the newest first", async () => {
    const more = [await createMeeting(bob), await createMeeting(bob)];
    const token = await admin();
    const codes: string[] = [];
    let query: string | null = "limit=2";
    while (query !== null) {
      const answer = await send("GET", `/api/v1/meetings?${query}`, { token });
      const page = meetingList.parse(answer.body);
      codes.push(...page.items.map(({ code }) => code));
      query = page.next_cursor === null ? null : `limit=2&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    assertEquals(codes.at(-1), made.code);
    assertEquals(
      codes.filter((code) => code !== full.code).toSorted(),
      [made, ...more].map(({ code }) => code).toSorted(),
    );
    for (const wrong of ["cursor=AAAA", "cursor=%21", "limit=0", "limit=201", "order=up"]) {
      assertEquals((await send("GET", `/api/v1/meetings?${wrong}`, { token: ann })).status, 400, wrong);
    }
  });

  await t.step("ended it is still there, and can't be changed or joined", async () => {
    assertEquals((await send("DELETE", path, { token: ann })).status, 204);
    assertEquals((await send("DELETE", path, { token: ann })).status, 204);
    const ended = meeting.parse((await send("GET", path, { token: ann })).body);
    assertEquals([ended.status, ended.ended_at === undefined], ["ended", false]);
    for (const [method, at] of [["PATCH", path], ["POST", `${path}/join`]] as const) {
      const answer = await send(method, at, { token: ann, body: {} });
      assertEquals([answer.status, answer.code], [410, "MEETING_ENDED"]);
    }
    const guest = await send("POST", `${path}/guest-token`, { body: { display_name: "Gil" } });
    assertEquals([guest.status, guest.code], [410, "MEETING_ENDED"]);
  });

  await t.step("one knows who one is", async () => {
    const { sub, org_id } = claimsOf(ann);
    const { body } = await send("GET", "/api/v1/me", { token: ann });
    assertEquals(body, { user_id: sub, org_id, roles: ["member"], display_name: "ann" });
  });
});
