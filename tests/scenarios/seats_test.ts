import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Client } from "../meeting/support/client.ts";
import { codeOf, connect, scenario } from "./scenario.ts";

await scenario(
  "seats are kept for a host, counted by person, and given again to who comes back",
  async (s, t) => {
    const { rest } = s;
    const [ann, bob, cem] = [await rest.user("ann"), await rest.user("bob"), await rest.user("cem")];
    const make = (max_participants: number, settings = {}) =>
      rest.createMeeting(ann, { max_participants, settings: { allow_guests: true, ...settings } });

    await t.step("while no host is in one seat is theirs, whoever else comes", async () => {
      const { code } = await make(2);
      using one = connect(await s.ticketOf(code, "join", bob));
      await one.join();
      using other = connect(await s.ticketOf(code, "join", cem));
      assertEquals(await codeOf(other, "join", {}), "MEETING_FULL");
      using host = connect(await s.ticketOf(code, "join", ann));
      assertEquals((await host.join()).role, "host");
      assertEquals(await codeOf(other, "join", {}), "MEETING_FULL");
      await one.request("leave", {});
      await host.told("participant.left");
      assertEquals((await other.join()).state, "joined");
    });

    await t.step("a host is never kept out, neither by the capacity nor by the lock", async () => {
      const { code } = await make(1);
      using one = connect(await s.ticketOf(code, "join", bob));
      await one.join();
      using host = connect(await s.ticketOf(code, "join", ann));
      assertEquals((await host.join()).role, "host");
      assertEquals(await codeOf(host, "moderation.lock", { locked: true }), "ok");
      await host.request("leave", {});
      using again = connect(await s.ticketOf(code, "join", ann));
      const { role, meeting } = await again.join();
      assertEquals([role, meeting.locked], ["host", true]);
    });

    await t.step("a person has three seats, and the one that is away is given up for a fourth", async () => {
      const { code } = await make(10);
      const clients: Client[] = [];
      const enter = async () => {
        const client = connect(await s.ticketOf(code, "join", bob));
        clients.push(client);
        return { client, outcome: await codeOf(client, "join", {}) };
      };
      try {
        const first = await enter();
        const outcomes = [first.outcome, (await enter()).outcome, (await enter()).outcome];
        assertEquals(outcomes, ["ok", "ok", "ok"]);
        const fourth = await enter();
        assertEquals(fourth.outcome, "MEETING_FULL");
        const [, second] = clients;
        assert(second);
        first.client[Symbol.dispose]();
        await second.told("participant.updated", ({ participant }) => participant.state === "away");
        assertEquals((await fourth.client.join()).state, "joined");
        await second.told("participant.left", ({ reason }) => reason === "lost");
      } finally {
        for (const client of clients) client[Symbol.dispose]();
      }
    });

    await t.step(
      "a join that is tried again is the same participant's, and another person's is not",
      async () => {
        const { code } = await make(10);
        const attempt_id = crypto.randomUUID();
        using first = connect(await s.ticketOf(code, "join", bob));
        const { participant_id } = await first.join({ attempt_id });
        using again = connect(await s.ticketOf(code, "join", bob));
        const same = await again.join({ attempt_id });
        assertEquals([same.participant_id, same.resumed], [participant_id, false]);
        assertEquals((await first.ended).reason, "replaced");
        using other = connect(await s.ticketOf(code, "join", cem));
        assertNotEquals((await other.join({ attempt_id })).participant_id, participant_id);
        using device = connect(await s.ticketOf(code, "join", bob));
        const anew = await device.join({ attempt_id: crypto.randomUUID() });
        assertNotEquals(anew.participant_id, participant_id);
        assertEquals(anew.participants.length, 3);
      },
    );

    await t.step("who joins beyond a number starts muted, and is told so", async () => {
      const { code } = await make(10, { start_muted_above: 1 });
      using host = connect(await s.ticketOf(code, "join", ann));
      using one = connect(await s.ticketOf(code, "join", bob));
      assertEquals([(await host.join()).start_muted, (await one.join()).start_muted], [undefined, [
        "microphone",
      ]]);
    });
  },
);

await scenario("the waiting room, and who may let in", async (s, t) => {
  const { rest } = s;
  const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
  const make = (max_participants = 10) =>
    rest.createMeeting(ann, { max_participants, settings: { allow_guests: true } });
  const waiter = async (code: string, display_name: string) => {
    const client = connect(await s.ticketOf(code, "guest-token", undefined, { display_name }));
    const { participant_id, state, participants, chat } = await client.join();
    assertEquals([state, participants, chat], ["waiting", [], []], display_name);
    return { client, ids: { participant_ids: [participant_id] }, id: participant_id };
  };

  await t.step(
    "without a host members let in; once one is there, hosts alone, who are given the list",
    async () => {
      const { code } = await make();
      using member = connect(await s.ticketOf(code, "join", bob));
      await member.join();
      const [gus, gil] = [await waiter(code, "Gus"), await waiter(code, "Gil")];
      await member.told("participant.waiting", ({ participant }) => participant.participant_id === gil.id);
      assertEquals(await codeOf(member, "moderation.admit", gus.ids), "ok");
      assertEquals((await gus.client.told("admitted")).state, "joined");
      using host = connect(await s.ticketOf(code, "join", ann));
      const { participants } = await host.join();
      const waiting = participants.filter(({ state }) => state === "waiting");
      assertEquals(waiting.map(({ participant_id }) => participant_id), [gil.id]);
      for (const type of ["moderation.admit", "moderation.deny"] as const) {
        assertEquals(await codeOf(member, type, gil.ids), "FORBIDDEN");
        assertEquals(await codeOf(gus.client, type, gil.ids), "FORBIDDEN");
        assertEquals(await codeOf(gil.client, type, gil.ids), "WAITING");
      }
      member.notifications.length = 0;
      await host.request("leave", {});
      await member.told("participant.waiting", ({ participant }) => participant.participant_id === gil.id);
      assertEquals(await codeOf(member, "moderation.admit", gil.ids), "ok");
      for (const { client } of [gus, gil]) client[Symbol.dispose]();
    },
  );

  await t.step(
    "whoever is denied is closed with 4403, may ask again, and is not told why by others",
    async () => {
      const { code } = await make();
      using host = connect(await s.ticketOf(code, "join", ann));
      await host.join();
      const ticket = await s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" });
      using gus = connect(ticket);
      const { participant_id } = await gus.join();
      await host.told("participant.waiting");
      assertEquals(await codeOf(host, "moderation.deny", { participant_ids: [participant_id] }), "ok");
      assertEquals((await gus.ended).reason, "removed");
      await host.told("waiting.left", (told) => told.participant_id === participant_id);
      using again = connect(ticket);
      assertEquals((await again.join()).state, "waiting");
    },
  );

  await t.step("one who leaves the waiting room is gone from the list", async () => {
    const { code } = await make();
    using host = connect(await s.ticketOf(code, "join", ann));
    await host.join();
    const gus = await waiter(code, "Gus");
    await gus.client.request("leave", {});
    await host.told("waiting.left", ({ participant_id }) => participant_id === gus.id);
    assertEquals(await codeOf(host, "moderation.admit", gus.ids), "ok", "nobody of these waits");
  });

  await t.step("no more are let in than there is room for", async () => {
    const { code } = await make(2);
    using host = connect(await s.ticketOf(code, "join", ann));
    await host.join();
    const [gus, gil] = [await waiter(code, "Gus"), await waiter(code, "Gil")];
    assertEquals(
      await codeOf(host, "moderation.admit", { participant_ids: [gus.id, gil.id] }),
      "MEETING_FULL",
    );
    assertEquals(await codeOf(host, "moderation.admit", gus.ids), "ok");
    await gus.client.told("admitted");
    assertEquals(await codeOf(host, "moderation.admit", gil.ids), "MEETING_FULL");
    for (const { client } of [gus, gil]) client[Symbol.dispose]();
  });

  await t.step("a full waiting room takes nobody more, and hosts and members not either way", async () => {
    const { code } = await make();
    const [gus, gil] = [await waiter(code, "Gus"), await waiter(code, "Gil")];
    using late = connect(await s.ticketOf(code, "guest-token", undefined, { display_name: "Late" }));
    assertEquals(await codeOf(late, "join", {}), "WAITING_ROOM_FULL");
    using member = connect(await s.ticketOf(code, "join", bob));
    assertEquals((await member.join()).state, "joined");
    for (const { client } of [gus, gil]) client[Symbol.dispose]();
  });

  await t.step("after a guest's ban every new guest waits, though guests need not", async () => {
    const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true, waiting_room: false } });
    using host = connect(await s.ticketOf(code, "join", ann));
    await host.join();
    using rude = connect(await s.ticketOf(code, "guest-token", undefined, { display_name: "Rude" }));
    const { participant_id, state } = await rude.join();
    assertEquals(state, "joined");
    assertEquals(await codeOf(host, "moderation.remove", { participant_id, ban: true }), "ok");
    const next = await waiter(code, "Rude again");
    await host.told("participant.waiting", ({ participant }) => participant.participant_id === next.id);
    next.client[Symbol.dispose]();
  });
}, { env: { DT_LIMIT_WAITING_ROOM: "2" } });

await scenario("roles, and what no host can do to another", async (s, t) => {
  const { rest } = s;
  const [ann, bob, cem] = [await rest.user("ann"), await rest.user("bob"), await rest.user("cem")];
  const { code } = await rest.createMeeting(ann);
  using host = connect(await s.ticketOf(code, "join", ann));
  const creator = await host.join();
  using member = connect(await s.ticketOf(code, "join", bob));
  const bobs = await member.join();
  const role = (participant_id: string, role: "host" | "participant") => ({ participant_id, role });

  await t.step("nobody of that id is NOT_FOUND", async () => {
    const nobody = { participant_id: "nobody" };
    const outcomes = [
      await codeOf(host, "moderation.role", { ...nobody, role: "host" }),
      await codeOf(host, "moderation.remove", nobody),
      await codeOf(host, "moderation.mute", { ...nobody, source: "camera", muted: true }),
      await codeOf(host, "moderation.ask_unmute", { ...nobody, source: "camera" }),
      await codeOf(host, "chat.send", { text: "a", to: "nobody" }),
    ];
    assertEquals(outcomes, outcomes.map(() => "NOT_FOUND"));
  });

  await t.step("the creator is neither demoted nor removed, by themselves or by another host", async () => {
    assertEquals(bobs.participants.map(({ is_creator }) => is_creator), [true, undefined]);
    assertEquals(
      await codeOf(host, "moderation.role", role(creator.participant_id, "participant")),
      "FORBIDDEN",
    );
    assertEquals(await codeOf(host, "moderation.role", role(bobs.participant_id, "host")), "ok");
    await member.told("participant.updated", ({ participant }) => participant.role === "host");
    for (const by of [host, member]) {
      const { participant_id } = creator;
      assertEquals(await codeOf(by, "moderation.role", role(participant_id, "participant")), "FORBIDDEN");
      assertEquals(await codeOf(by, "moderation.remove", { participant_id }), "FORBIDDEN");
    }
    assertEquals(
      await codeOf(member, "moderation.remove", { participant_id: bobs.participant_id }),
      "FORBIDDEN",
      "nobody removes themselves",
    );
  });

  await t.step(
    "a role is a person's: on a second device, after leaving, and not beyond another meeting",
    async () => {
      using phone = connect(await s.ticketOf(code, "join", bob));
      assertEquals((await phone.join()).role, "host");
      await phone.request("leave", {});
      const elsewhere = await rest.createMeeting(ann);
      using there = connect(await s.ticketOf(elsewhere.code, "join", bob));
      assertEquals((await there.join()).role, "participant");
    },
  );

  await t.step("whoever became a host sees the list, and the last one stays", async () => {
    const list = (token: string) => rest.send("GET", `/api/v1/meetings/${code}/participants`, { token });
    assertEquals([(await list(bob)).status, (await list(cem)).status], [200, 403]);
    await host.request("leave", {});
    await member.told("participant.left");
    assertEquals(
      await codeOf(member, "moderation.role", role(bobs.participant_id, "participant")),
      "FORBIDDEN",
      "the last host",
    );
    using back = connect(await s.ticketOf(code, "join", ann));
    assertEquals((await back.join()).role, "host");
    assertEquals(await codeOf(member, "moderation.role", role(bobs.participant_id, "participant")), "ok");
    assertEquals((await list(bob)).status, 403);
  });
});
