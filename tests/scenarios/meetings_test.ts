import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { meeting, meetingList, participantList, ticket } from "../../shared/protocol/mod.ts";
import type { Answer } from "../global/support/client.ts";
import { ports } from "../../shared/dev/plan.ts";
import { codeOf, connect, pause, scenario } from "./scenario.ts";

const RACES = 24;
/** The end starts up to so many round trips after the join. */
const HEAD_STARTS = 12;

/** A busy machine's controller may not answer in time; whoever is told so asks again. */
async function untilAvailable(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
    await pause();
  }
}

await scenario("meetings over REST: made, changed, seen and ended by who may", async (s, t) => {
  const { rest } = s;
  const [ann, bob, eve] = [await rest.user("ann"), await rest.user("bob"), await rest.user("eve", "other")];
  const admin = await rest.admin();
  const post = (token: string, body: object) => rest.send("POST", "/api/v1/meetings", { token, body });
  const patch = (token: string, code: string, body: object) =>
    rest.send("PATCH", `/api/v1/meetings/${code}`, { token, body });

  await t.step(
    "what a meeting can't be is INVALID_REQUEST and names its field, made or changed",
    async () => {
      const { code } = await rest.createMeeting(ann);
      const wrong: Readonly<Record<string, object>> = {
        display_name: { display_name: "  " },
        max_participants: { display_name: "a", max_participants: 0 },
        "settings.e2ee": { display_name: "a", settings: { e2ee: true } },
        "settings.max_duration_minutes": { display_name: "a", settings: { max_duration_minutes: 0 } },
        "settings.end_after_last_host_minutes": {
          display_name: "a",
          settings: { end_after_last_host_minutes: 1.5 },
        },
        "settings.start_muted_above": { display_name: "a", settings: { start_muted_above: -1 } },
        "settings.permissions.camera": { display_name: "a", settings: { permissions: { camera: "yes" } } },
        "settings.on_join.microphone": { display_name: "a", settings: { on_join: { microphone: 1 } } },
      };
      for (const [path, body] of Object.entries(wrong)) {
        for (const answer of [await post(ann, body), await patch(ann, code, body)]) {
          assertEquals([answer.status, answer.code], [400, "INVALID_REQUEST"], path);
          const { error: { details } } = z.object({
            error: z.object({ details: z.array(z.object({ path: z.string() })) }),
          }).parse(answer.body);
          assertEquals(details.map((one) => one.path), [path]);
        }
      }
      for (const body of [{ display_name: "a", colour: "red" }, { settings: { gravity: 1 } }, []]) {
        assertEquals((await post(ann, body)).status, 400);
      }
    },
  );

  await t.step("settings that are changed in part keep the rest, also those of parts", async () => {
    const { code } = await rest.createMeeting(ann, { settings: { permissions: { chat: false } } });
    const changed = meeting.parse(
      (await patch(ann, code, { settings: { permissions: { camera: false }, max_duration_minutes: 30 } }))
        .body,
    );
    const { permissions, max_duration_minutes, waiting_room } = changed.settings;
    assertEquals(permissions, { microphone: true, camera: false, screen: true, chat: false, rename: true });
    assertEquals([max_duration_minutes, waiting_room], [30, true]);
    const undone = await patch(ann, code, { settings: { max_duration_minutes: null } });
    assertEquals(meeting.parse(undone.body).settings.max_duration_minutes, null);
  });

  await t.step("of a join and an end at once nothing runs on, and nobody is in it", async () => {
    const metrics = `http://127.0.0.1:${ports.meeting(s.deployment.plan, 0)}/metrics`;
    const running = async () => /^mc_meetings (\d+)$/m.exec(await (await fetch(metrics)).text())?.[1];
    const before = await running();
    assert(before !== undefined);
    const outcomes = new Set<string>();
    const inTime = "ok, then meetingEnded";
    // On a busy machine a join takes longer: its head start grows until one was in time.
    for (let race = 0; race < RACES || !outcomes.has(inTime); race++) {
      const headStart = race < RACES ? race % HEAD_STARTS : race;
      const { code } = await rest.createMeeting(ann);
      const path = `/api/v1/meetings/${code}`;
      const joining = async () => {
        const answer = await untilAvailable(() =>
          rest.send("POST", `${path}/join`, { token: ann, body: {} })
        );
        if (answer.status !== 200) return assertEquals(answer.code, "MEETING_ENDED");
        using client = connect(ticket.parse(answer.body));
        const joined = await codeOf(client, "join", {});
        const { reason } = await client.ended;
        outcomes.add(`${joined}, then ${reason}`);
      };
      const ending = async () => {
        for (let trip = 0; trip < headStart; trip++) await rest.send("GET", "/health");
        const answer = await untilAvailable(() => rest.send("DELETE", path, { token: ann }));
        assertEquals(answer.status, 204);
      };
      await Promise.all([joining(), ending()]);
    }
    while (await running() !== before) await pause();
  });

  await t.step(
    "a member sees what they made or were in, an admin all, another tenant nothing of it",
    async () => {
      const { code } = await rest.createMeeting(ann, { display_name: "Mine" });
      const codesOf = async (token: string) => {
        const answer = await rest.send("GET", "/api/v1/meetings?limit=200", { token });
        return meetingList.parse(answer.body).items.map((one) => one.code);
      };
      assertEquals((await codesOf(bob)).includes(code), false);
      await s.ticketOf(code, "join", bob);
      for (const token of [ann, bob, admin]) assertEquals((await codesOf(token)).includes(code), true);
      assertEquals((await codesOf(eve)).includes(code), false);
      assertEquals((await patch(bob, code, { display_name: "His" })).status, 403);
      assertEquals((await patch(admin, code, { display_name: "Ours" })).status, 200);
    },
  );

  await t.step("externals come by the setting alone, wait, and see nothing by REST", async () => {
    const { code } = await rest.createMeeting(ann);
    const path = `/api/v1/meetings/${code}`;
    const join = () => rest.send("POST", `${path}/join`, { token: eve, body: {} });
    assertEquals((await join()).code, "MEETING_NOT_FOUND");
    assertEquals((await patch(ann, code, { settings: { allow_external_participants: true } })).status, 200);
    using host = connect(await s.ticketOf(code, "join", ann));
    await host.join();
    using external = connect(await s.ticketOf(code, "join", eve));
    const { state, participant_id } = await external.join();
    assertEquals(state, "waiting");
    const { participant } = await host.told("participant.waiting");
    assertEquals([participant.participant_type, participant.role], ["external", "participant"]);
    assertEquals(await codeOf(host, "moderation.admit", { participant_ids: [participant_id] }), "ok");
    assertEquals((await external.told("admitted")).role, "participant");
    for (
      const [method, door] of [["GET", path], ["GET", `${path}/participants`], ["DELETE", path]] as const
    ) {
      assertEquals((await rest.send(method, door, { token: eve })).code, "MEETING_NOT_FOUND", door);
    }
    assertEquals((await patch(ann, code, { settings: { allow_external_participants: false } })).status, 200);
    assertEquals((await join()).code, "MEETING_NOT_FOUND");
    assertEquals((await external.request("session.ping", {})).ok, true, "whoever is in stays");
  });

  await t.step(
    "guests come by the setting alone, and so does what a link tells without a token",
    async () => {
      const { code } = await rest.createMeeting(ann);
      const path = `/api/v1/meetings/${code}`;
      const guest = () => rest.send("POST", `${path}/guest-token`, { body: { display_name: "Gus" } });
      assertEquals([(await guest()).code, (await rest.send("GET", path)).code], [
        "GUESTS_NOT_ALLOWED",
        "MEETING_NOT_FOUND",
      ]);
      assertEquals((await patch(ann, code, { settings: { allow_guests: true } })).status, 200);
      const { body } = await rest.send("GET", path);
      assertEquals(body, {
        code,
        display_name: "Weekly",
        status: "scheduled",
        allow_guests: true,
        on_join: { microphone: true, camera: true },
      });
      assertEquals((await guest()).status, 200);
      const wrong = await rest.send("POST", `${path}/guest-token`, { body: { display_name: "\u202e" } });
      assertEquals(wrong.code, "INVALID_REQUEST");
    },
  );

  await t.step("who is in is listed page by page, those who wait included, to hosts and admins", async () => {
    const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true } });
    const path = `/api/v1/meetings/${code}/participants`;
    using host = connect(await s.ticketOf(code, "join", ann));
    using one = connect(await s.ticketOf(code, "join", bob));
    using gus = connect(await s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" }));
    const ids = [];
    for (const client of [host, one, gus]) ids.push((await client.join()).participant_id);
    for (const token of [ann, admin]) {
      const first = participantList.parse((await rest.send("GET", `${path}?limit=2`, { token })).body);
      const next = `${path}?limit=2&cursor=${first.next_cursor}`;
      const second = participantList.parse((await rest.send("GET", next, { token })).body);
      assertEquals([...first.items, ...second.items].map(({ participant_id }) => participant_id), ids);
      assertEquals([second.items[0]?.state, second.next_cursor], ["waiting", null]);
    }
    assertEquals((await rest.send("GET", path, { token: bob })).status, 403);
    assertEquals((await rest.send("GET", path, { token: eve })).status, 404);
    assertEquals((await rest.send("GET", path)).status, 401);
  });

  await t.step(
    "an ended meeting stays ended: it is neither changed nor joined, and its people are out",
    async () => {
      const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true } });
      const path = `/api/v1/meetings/${code}`;
      const bobs = await s.ticketOf(code, "join", bob);
      using one = connect(bobs);
      const { correlation_id, binding_token } = await one.join();
      using host = connect(await s.ticketOf(code, "join", ann));
      await host.join();
      await host.request("meeting.end", {});
      for (const client of [host, one]) assertEquals((await client.ended).reason, "meetingEnded");
      for (const token of [ann, admin]) {
        assertEquals((await patch(token, code, { display_name: "Again" })).code, "MEETING_ENDED");
        assertEquals((await rest.send("POST", `${path}/join`, { token, body: {} })).code, "MEETING_ENDED");
      }
      using back = connect(bobs);
      assertEquals(await codeOf(back, "join", { resume: { correlation_id, binding_token } }), "CLOSED");
      const guest = await rest.send("POST", `${path}/guest-token`, { body: { display_name: "Gus" } });
      assertEquals([guest.status, guest.code], [410, "MEETING_ENDED"]);
      const seen = meeting.parse((await rest.send("GET", path, { token: bob })).body);
      assert(seen.status === "ended" && seen.ended_at !== undefined);
      assertEquals((await rest.send("DELETE", path, { token: ann })).status, 204, "a second end is none");
    },
  );
}, { organization: "other", env: { DT_LIMIT_UNKNOWN_CODES_PER_MINUTE: "1000" } });
