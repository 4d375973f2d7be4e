import { assertEquals } from "@std/assert";
import { z } from "zod";
import type { NotificationType, Ticket } from "../../shared/protocol/mod.ts";
import { rawSocket } from "../meeting/support/client.ts";
import { connect, type Scenario, scenario } from "./scenario.ts";

const reply = z.object({ re: z.number(), ok: z.boolean(), error: z.object({ code: z.string() }).optional() });

/** A client that sends whatever text it is given. */
interface Speaker {
  say(...frames: readonly (string | object)[]): void;
  /** The next answers, in the order in which they come, fewer at the end: each `re` with `ok` or its refusal's code. */
  answers(count: number): Promise<[re: number, outcome: string][]>;
  readonly closed: Promise<string | number>;
}

async function speaker({ signaling_url, token }: Ticket): Promise<Speaker> {
  const { socket, closed } = await rawSocket(signaling_url, token);
  const came: [number, string][] = [];
  let isOver = false;
  let wake = () => {};
  closed.then(() => {
    isOver = true;
    wake();
  });
  socket.addEventListener("message", ({ data }) => {
    const answer = reply.safeParse(JSON.parse(String(data)));
    if (!answer.success) return;
    came.push([answer.data.re, answer.data.ok ? "ok" : answer.data.error?.code ?? ""]);
    wake();
  });
  return {
    closed,
    say(...frames) {
      for (const frame of frames) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    },
    async answers(count) {
      while (came.length < count && !isOver) await new Promise<void>((resolve) => wake = resolve);
      return came.splice(0, count);
    },
  };
}

const ping = { type: "session.ping", data: {} };
const join = { id: 1, type: "join", data: {} };

/** Frames that are none of the protocol, by what is wrong with them. */
const malformed: Readonly<Record<string, string>> = {
  "no JSON": "hello",
  "half of a JSON text": '{"id":1,"type":"session.ping"',
  "an array": "[]",
  "a text": '"session.ping"',
  "null": "null",
  "nothing": "",
  "no id": JSON.stringify(ping),
  "an id of 0": JSON.stringify({ id: 0, ...ping }),
  "a negative id": JSON.stringify({ id: -1, ...ping }),
  "a fraction as id": JSON.stringify({ id: 1.5, ...ping }),
  "an id that is larger than JSON's whole numbers": '{"id":9007199254740993,"type":"session.ping","data":{}}',
  "an endless id": '{"id":1e400,"type":"session.ping","data":{}}',
  "an id as text": JSON.stringify({ id: "1", ...ping }),
  "an id of null": JSON.stringify({ id: null, ...ping }),
  "a list as id": JSON.stringify({ id: [1], ...ping }),
  "no type": '{"id":1,"data":{}}',
  "a number as type": '{"id":1,"type":7,"data":{}}',
  "an answer, which only servers send": '{"re":1,"ok":true,"data":{}}',
  "a notification, which only servers send": '{"type":"meeting.ended","data":{"reason":"mine"}}',
};

/** Requests that are refused while their connection goes on. */
const refused: Readonly<Record<string, object>> = {
  "an unknown type": { type: "meeting.takeover", data: {} },
  "a type of every object": { type: "constructor", data: {} },
  "an object's prototype as type": { type: "__proto__", data: {} },
  "an empty type": { type: "", data: {} },
  "a notification's type": { type: "moderation.muted", data: {} },
  "a field that its type doesn't have": { type: "session.ping", data: { now: true } },
  "a list as data": { type: "leave", data: [] },
  "a text as data": { type: "leave", data: "now" },
  "data that its type needs": { type: "chat.send" },
  "a text of blanks": { type: "chat.send", data: { text: " \t\n" } },
  "a text that is too long": { type: "chat.send", data: { text: "a".repeat(4_001) } },
  "a number as text": { type: "chat.send", data: { text: 1 } },
  "an id with a slash": { type: "chat.send", data: { text: "a", to: "../../all" } },
  "an unknown source": {
    type: "moderation.mute",
    data: { participant_id: "a", source: "mouth", muted: true },
  },
  "a half slot": { type: "layout.set", data: { mode: "grid", slots: 2.5 } },
  "a negative number of slots": { type: "layout.set", data: { mode: "grid", slots: -1 } },
  "too many slots": { type: "layout.set", data: { mode: "grid", slots: 101 } },
  "an unknown layout": { type: "layout.set", data: { mode: "circle", slots: 1 } },
  "nobody to admit": { type: "moderation.admit", data: { participant_ids: [] } },
};

/** A meeting with a host and somebody who watches it, and tickets for as many others as are asked for. */
async function meetingOf(s: Scenario) {
  const ann = await s.rest.user(`ann-${crypto.randomUUID().slice(0, 8)}`);
  const settings = { allow_guests: true, waiting_room: false };
  const { code } = await s.rest.createMeeting(ann, { settings });
  return {
    host: await s.ticketOf(code, "join", ann),
    guest: () => s.ticketOf(code, "guest-token", undefined, { display_name: "Gus" }),
  };
}

await scenario("frames out of order, and frames that are none, cost their sender alone", async (s, t) => {
  const meeting = await meetingOf(s);
  using host = connect(meeting.host);
  await host.join();
  using witness = connect(await meeting.guest());
  await witness.join();
  /** How many notices of a type have been told, by all that has happened so far. */
  const told = async (type: NotificationType) => {
    for (const one of [host, witness]) await one.request("session.ping", {});
    return [host, witness].flatMap(({ notifications }) => notifications.filter((one) => one.type === type))
      .length;
  };

  for (const [what, frame] of Object.entries(malformed)) {
    await t.step(`${what} ends its connection with 4400, before the join and after it`, async () => {
      const early = await speaker(await meeting.guest());
      const before = await told("participant.joined");
      early.say(frame, join);
      assertEquals(await early.closed, "malformed");
      assertEquals(await told("participant.joined"), before, "nobody has joined");
      const joined = await speaker(await meeting.guest());
      joined.say(join, frame);
      assertEquals(await joined.answers(1), [[1, "ok"]]);
      assertEquals(await joined.closed, "malformed");
    });
  }

  await t.step("a frame of more than 64 KiB ends its connection with 4413", async () => {
    const large = await speaker(await meeting.guest());
    large.say(join, { id: 2, type: "chat.send", data: { text: "a".repeat(70_000) } });
    assertEquals(await large.closed, "frameTooLarge");
  });

  await t.step("what a request lacks, or has too much, is refused, and the connection goes on", async () => {
    const all = Object.values(refused).map((frame, index) => ({ id: index + 2, ...frame }));
    const outcomes = Object.keys(refused).map((what, index) => [index + 2, `${what}: INVALID_REQUEST`]);
    const named = (answers: [number, string][]) =>
      answers.map(([id, outcome]) => [id, `${Object.keys(refused)[id - 2]}: ${outcome}`]);
    const joined = await speaker(await meeting.guest());
    joined.say(join);
    assertEquals(await joined.answers(1), [[1, "ok"]]);
    joined.say(...all);
    assertEquals(named(await joined.answers(all.length)), outcomes);
    const unjoined = await speaker(await meeting.guest());
    unjoined.say(...all);
    assertEquals(named(await unjoined.answers(all.length)), outcomes);
    for (const one of [joined, unjoined]) one.say({ id: 1, ...ping });
    assertEquals([await joined.answers(1), await unjoined.answers(1)], [[[1, "ok"]], [[1, "ok"]]]);
  });

  await t.step("ids may repeat, fall and jump: each request has its answer", async () => {
    const odd = await speaker(await meeting.guest());
    odd.say(join);
    await odd.answers(1);
    const ids = [5, 5, 5, 2, 9_007_199_254_740_991, 1, 1];
    odd.say(...ids.map((id) => ({ id, ...ping })));
    assertEquals(await odd.answers(ids.length), ids.map((id) => [id, "ok"]));
    odd.say(
      { id: 3, type: "chat.send", data: { text: "first" } },
      { id: 3, type: "chat.send", data: { text: "second" } },
    );
    assertEquals(await odd.answers(2), [[3, "ok"], [3, "ok"]]);
    for (const text of ["first", "second"]) await host.told("chat.message", (said) => said.text === text);
  });

  await t.step("requests that overtake the join are refused, and the join holds", async () => {
    const hasty = await speaker(await meeting.guest());
    hasty.say(
      { id: 4, type: "chat.send", data: { text: "too early" } },
      { id: 3, ...ping },
      { id: 2, type: "leave", data: {} },
      join,
      { id: 5, type: "reaction.send", data: { reaction: "👍" } },
      { id: 6, type: "join", data: {} },
    );
    const came = new Map(await hasty.answers(6));
    assertEquals([4, 3, 2, 1, 6].map((id) => came.get(id)), [
      "NOT_JOINED",
      "ok",
      "NOT_JOINED",
      "ok",
      "INVALID_REQUEST",
    ]);
    hasty.say({ id: 7, type: "chat.send", data: { text: "in time" } });
    assertEquals(await hasty.answers(1), [[7, "ok"]]);
    const { text } = await host.told("chat.message", (said) => /time|early/.test(said.text));
    assertEquals(text, "in time");
  });

  await t.step("what follows a leave does nothing", async () => {
    const leaver = await speaker(await meeting.guest());
    leaver.say(join);
    await leaver.answers(1);
    const before = await told("chat.message");
    leaver.say(
      { id: 2, type: "leave", data: {} },
      { id: 3, type: "chat.send", data: { text: "after" } },
      join,
    );
    await leaver.closed;
    assertEquals(await told("chat.message"), before);
  });

  await t.step("whoever sends no join in time is closed with 4408", async () => {
    const silent = await speaker(await meeting.guest());
    silent.say({ id: 1, ...ping }, { id: 2, type: "chat.send", data: { text: "a" } });
    assertEquals(await silent.closed, "noJoinInTime");
  });

  await t.step("a flood ends its sender with 4429, and nobody else", async () => {
    const flood = await speaker(await meeting.guest());
    flood.say(join, ...Array.from({ length: 400 }, (_, index) => ({ id: index + 2, ...ping })));
    assertEquals(await flood.closed, "tooManyMessages");
    for (const one of [host, witness]) assertEquals((await one.request("session.ping", {})).ok, true);
  });
});
