import { assertEquals } from "@std/assert";
import { meeting, participantList } from "../../shared/protocol/mod.ts";
import { connect, pause, scenario } from "./scenario.ts";

await scenario("a meeting from its making to its end", async (s, t) => {
  const { rest } = s;
  const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
  const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true }, max_participants: 4 });
  const path = `/api/v1/meetings/${code}`;
  // Everybody leaves it now, and it is looked at last.
  const empty = await rest.createMeeting(ann);
  {
    using last = connect(await s.ticketOf(empty.code, "join", ann));
    await last.join();
    assertEquals((await last.request("chat.send", { text: "before" })).ok, true);
    assertEquals((await last.request("moderation.lock", { locked: true })).ok, true);
    await last.request("leave", {});
  }
  const guest = (display_name: string) => s.ticketOf(code, "guest-token", undefined, { display_name });
  const member = await s.ticketOf(code, "join", bob);
  using host = connect(await s.ticketOf(code, "join", ann));
  const hosts = await host.join();
  using one = connect(member);
  const bobs = await one.join();

  await t.step("a guest waits, is shown to the host, and comes in as a guest", async () => {
    using gus = connect(await guest("Gus"));
    const { participant_id, state, participants } = await gus.join();
    assertEquals([state, participants], ["waiting", []]);
    await host.told("participant.waiting", (told) => told.participant.participant_id === participant_id);
    assertEquals((await host.request("moderation.admit", { participant_ids: [participant_id] })).ok, true);
    assertEquals((await gus.told("admitted")).role, "guest");
    await one.told("participant.joined", ({ participant }) => participant.participant_id === participant_id);
    await gus.request("leave", {});
    await one.told("participant.left", (told) => told.participant_id === participant_id);
  });

  await t.step("who comes later reads what was said to all, and nothing that was said to one", async () => {
    assertEquals((await host.request("chat.send", { text: "to all" })).ok, true);
    const secret = { text: "to one", to: bobs.participant_id };
    assertEquals((await host.request("chat.send", secret)).ok, true);
    using late = connect(await s.ticketOf(code, "join", ann));
    const { chat, role } = await late.join();
    assertEquals([chat.map(({ text }) => text), role], [["to all"], "host"]);
    await late.request("leave", {});
  });

  await t.step(
    "a mute holds for the person who leaves and joins anew, and on their other devices",
    async () => {
      using phone = connect(await s.ticketOf(code, "join", bob));
      const { participant_id } = await phone.join();
      const muting = { participant_id, source: "microphone", muted: true } as const;
      assertEquals((await host.request("moderation.mute", muting)).ok, true);
      for (const id of [participant_id, bobs.participant_id]) {
        const told = await one.told(
          "participant.updated",
          ({ participant }) => participant.participant_id === id && participant.muted_sources !== undefined,
        );
        assertEquals(told.participant.muted_sources, ["microphone"]);
      }
      await phone.request("leave", {});
      using again = connect(await s.ticketOf(code, "join", bob));
      const anew = await again.join();
      const self = anew.participants.find((each) => each.participant_id === anew.participant_id);
      assertEquals(self?.muted_sources, ["microphone"]);
      await again.request("leave", {});
    },
  );

  await t.step("a PATCH that names a permission holds over what a host has set in this run", async () => {
    const off = { permissions: { camera: false, chat: false } };
    assertEquals((await host.request("moderation.permissions", off)).ok, true);
    await one.told("meeting.updated", ({ meeting }) => !meeting.permissions.camera);
    const settings = { permissions: { camera: true } };
    const answer = await rest.send("PATCH", path, { token: ann, body: { settings } });
    assertEquals(answer.status, 200);
    const { meeting } = await one.told(
      "meeting.updated",
      ({ meeting }) => meeting.permissions.camera && !meeting.permissions.chat,
    );
    assertEquals(meeting.settings.permissions.chat, true, "the run's change alone");
    const said = await one.request("chat.send", { text: "psst" });
    assertEquals(said.ok ? "ok" : said.error.code, "FORBIDDEN");
  });

  await t.step("a locked meeting refuses newcomers, and takes back who has a seat", async () => {
    assertEquals((await host.request("moderation.lock", { locked: true })).ok, true);
    using newcomer = connect(await guest("Gil"));
    const refused = await newcomer.request("join", {});
    assertEquals(refused.ok ? "ok" : refused.error.code, "MEETING_LOCKED");
    const { correlation_id, binding_token } = bobs;
    using back = connect(await s.ticketOf(code, "ticket", member.token));
    const resumed = await back.join({ resume: { correlation_id, binding_token } });
    assertEquals([resumed.resumed, resumed.participant_id], [true, bobs.participant_id]);
    assertEquals((await one.ended).reason, "replaced");
    const { body } = await rest.send("GET", `${path}/participants`, { token: ann });
    const ids = participantList.parse(body).items.map(({ participant_id }) => participant_id);
    assertEquals(ids, [hosts.participant_id, bobs.participant_id]);
  });

  await t.step("an empty meeting ends after a while, and begins anew with whoever comes", async () => {
    for (;;) {
      const { body } = await rest.send("GET", `/api/v1/meetings/${empty.code}`, { token: ann });
      if (meeting.parse(body).status === "scheduled") break;
      await pause();
    }
    using anew = connect(await s.ticketOf(empty.code, "join", ann));
    const { chat, meeting: { locked } } = await anew.join();
    assertEquals([chat, locked], [[], false]);
    // One with people in it goes on.
    assertEquals((await host.request("session.ping", {})).ok, true);
  });

  await t.step("after the end every door says so", async () => {
    assertEquals((await rest.send("DELETE", path, { token: ann })).status, 204);
    assertEquals((await host.ended).reason, "meetingEnded");
    const doors = [["join", ann], ["ticket", member.token], ["unreachable", member.token]] as const;
    for (const [door, token] of doors) {
      const answer = await rest.send("POST", `${path}/${door}`, { token, body: {} });
      assertEquals([answer.status, answer.code], [410, "MEETING_ENDED"], door);
    }
    const answer = await rest.send("POST", `${path}/guest-token`, { body: { display_name: "Late" } });
    assertEquals([answer.status, answer.code], [410, "MEETING_ENDED"]);
  });
}, { env: { DT_IDLE_MEETING_SECONDS: "8" } });
