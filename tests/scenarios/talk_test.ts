import { assert, assertEquals } from "@std/assert";
import type { Notification } from "../../shared/protocol/mod.ts";
import { codeOf, connect, scenario } from "./scenario.ts";

/** Invisible alone: of no width, of Hangul, of Braille, of Unicode's tags. */
const SHOW_NOTHING = ["\u200b", "\u3164", "\u2800", "\u{e0041}\u{e007f}"];

/** What every participant is told, in the order in which it came, with its revision. */
function toEverybody(notifications: readonly Notification[]): [number, string][] {
  return notifications.flatMap(({ type, data }): [number, string][] =>
    "rev" in data && data.rev !== undefined && type !== "admitted" ? [[data.rev, type]] : []
  );
}

await scenario("chat, hands, names and reactions", async (s, t) => {
  const { rest } = s;
  const [ann, bob, cem] = [await rest.user("ann"), await rest.user("bob"), await rest.user("cem")];
  const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true } });
  using host = connect(await s.ticketOf(code, "join", ann));
  const hosts = await host.join();
  using one = connect(await s.ticketOf(code, "join", bob));
  const bobs = await one.join();
  using third = connect(await s.ticketOf(code, "join", cem));
  const cems = await third.join();
  using gus = connect(await s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" }));
  const waiting = await gus.join();

  await t.step("a message to one is theirs and its writer's, and bears no revision", async () => {
    const to = bobs.participant_id;
    assertEquals(await codeOf(host, "chat.send", { text: "for Bob", to }), "ok");
    for (const client of [host, one]) {
      const message = await client.told("chat.message", ({ text }) => text === "for Bob");
      assertEquals([message.to, message.rev], [to, undefined]);
    }
    await third.request("session.ping", {});
    assertEquals(third.notifications.filter(({ type }) => type === "chat.message"), []);
  });

  await t.step("nobody outside is written to, and nobody outside writes", async () => {
    const { participant_id: to } = waiting;
    assertEquals(await codeOf(host, "chat.send", { text: "hello", to }), "NOT_FOUND");
    assertEquals(await codeOf(gus, "chat.send", { text: "let me in" }), "WAITING");
    assertEquals(await codeOf(gus, "reaction.send", { reaction: "👋" }), "WAITING");
    assertEquals(await codeOf(gus, "participant.update", { hand_raised: true }), "WAITING");
  });

  await t.step("hands are in the order of their raising, and one that is up keeps its place", async () => {
    for (const client of [third, host, third]) {
      assertEquals(await codeOf(client, "participant.update", { hand_raised: true }), "ok");
    }
    using late = connect(await s.ticketOf(code, "join", ann));
    const { participants } = await late.join();
    const raised = participants.filter(({ hand_raised }) => hand_raised)
      .toSorted((a, b) => (a.hand_raised_at ?? "") < (b.hand_raised_at ?? "") ? -1 : 1)
      .map(({ participant_id }) => participant_id);
    assertEquals(raised, [cems.participant_id, hosts.participant_id]);
    assertEquals(await codeOf(third, "participant.update", { hand_raised: false }), "ok");
    await host.told(
      "participant.updated",
      ({ participant: { participant_id, hand_raised } }) =>
        participant_id === cems.participant_id && !hand_raised,
    );
    await late.request("leave", {});
  });

  await t.step(
    "a name is changed where that is permitted; where it isn't the token's counts at a join",
    async () => {
      assertEquals(await codeOf(one, "participant.update", { display_name: "Bobby" }), "ok");
      await host.told("participant.updated", ({ participant }) => participant.display_name === "Bobby");
      const rename = (rename: boolean) => ({ permissions: { rename } });
      assertEquals(await codeOf(host, "moderation.permissions", rename(false)), "ok");
      assertEquals(await codeOf(one, "participant.update", { display_name: "Ann" }), "FORBIDDEN");
      assertEquals(await codeOf(one, "participant.update", { hand_raised: true }), "ok");
      assertEquals(await codeOf(host, "participant.update", { display_name: "Ann B." }), "ok");
      using device = connect(await s.ticketOf(code, "join", bob));
      const joined = await device.join({ display_name: "Ann" });
      const self = joined.participants.find((each) => each.participant_id === joined.participant_id);
      assertEquals(self?.display_name, "bob");
      await device.request("leave", {});
      assertEquals(await codeOf(host, "moderation.permissions", rename(true)), "ok");
    },
  );

  await t.step("a name that shows nothing, or turns the text around, is refused", async () => {
    for (
      const display_name of ["", " ", ...SHOW_NOTHING, "a\u202eb", "a\nb", "a\0b", "a\ud800", "a".repeat(65)]
    ) {
      const outcome = await codeOf(one, "participant.update", { display_name });
      assertEquals(outcome, "INVALID_REQUEST", JSON.stringify(display_name));
    }
  });

  await t.step("so is such a message, and such a reaction", async () => {
    for (const text of [...SHOW_NOTHING, "a\0b", "a\ud800b", "\udc00"]) {
      const said = await codeOf(one, "chat.send", { text });
      const shown = await codeOf(one, "reaction.send", { reaction: text });
      assertEquals([said, shown], ["INVALID_REQUEST", "INVALID_REQUEST"], JSON.stringify(text));
    }
    await host.request("session.ping", {});
    const told = host.notifications.map((notification) => JSON.stringify(notification));
    assertEquals(told.filter((one) => /\\u0000|\\ud[89a-f]|\u3164|\u2800|\u200b|\u{e0041}/u.test(one)), []);
  });

  await t.step("who comes later has the last 200 that were to them, in their order", async () => {
    const texts = Array.from({ length: 205 }, (_, index) => `number ${index}`);
    for (const text of texts) assertEquals(await codeOf(one, "chat.send", { text }), "ok");
    await codeOf(one, "chat.send", { text: "not yours", to: hosts.participant_id });
    using late = connect(await s.ticketOf(code, "join", cem));
    const { chat } = await late.join();
    assertEquals(chat.map(({ text }) => text).slice(-100), texts.slice(-100));
    assert(chat.length >= 199 && chat.length <= 200, String(chat.length));
    assertEquals(chat.filter(({ to }) => to !== undefined), []);
    await late.request("leave", {});
  });

  await t.step("what everybody is told has one order and no gap", async () => {
    assertEquals(await codeOf(third, "reaction.send", { reaction: "👏" }), "ok");
    await Promise.all([host, one, third].map(async (client, index) => {
      for (let number = 0; number < 10; number++) {
        assertEquals(await codeOf(client, "chat.send", { text: `${index} says ${number}` }), "ok");
      }
    }));
    for (const client of [host, one, third]) await client.request("session.ping", {});
    const [hers, his, theirs] = [host, one, third].map((client) => toEverybody(client.notifications));
    assert(hers && his && theirs);
    for (const [joined, list] of [[hosts, hers], [bobs, his], [cems, theirs]] as const) {
      assertEquals(list.map(([rev]) => rev), list.map((_, index) => joined.rev + 1 + index));
    }
    assertEquals(his.slice(-40), hers.slice(-40));
    assertEquals(theirs.slice(-40), hers.slice(-40));
  });
}, { env: { DT_LIMIT_MESSAGES_PER_SECOND: "10000", DT_LIMIT_MESSAGE_BURST: "10000" } });
