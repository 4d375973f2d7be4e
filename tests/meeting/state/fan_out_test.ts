import { assertEquals } from "@std/assert";
import { FanOut } from "../../../meeting/state/fan_out.ts";
import { resumeOf } from "./meeting_of_two.ts";
import { MeetingWorld } from "./meeting_world.ts";

const PEOPLE = 100;
/** 10,000 notices at once are what one person may cause. */
const AT_ONCE = 100;

Deno.test("fan-out › one person, on all devices, has so much told to everybody; private messages and the others go on", async () => {
  await using world = new MeetingWorld({ maxParticipants: PEOPLE + 2 });
  const bob = [await world.enter("bob"), await world.enter("bob")];
  for (let count = bob.length; count < PEOPLE; count++) await world.enter(`p${count}`, {}, 4_096);
  const outcomes: string[] = [];
  for (let round = 0; round < AT_ONCE; round++) {
    const { id: participantId } = bob[round % 2] ?? {};
    if (participantId === undefined) throw new Error("nobody");
    outcomes.push(await world.outcome(world.meeting.ask("react", { participantId, reaction: "👍" })));
  }
  assertEquals(new Set(outcomes), new Set(["ok"]));
  const [{ id: participantId } = { id: "" }, { id: to } = { id: "" }] = bob;
  const refused = [
    await world.ask("react", { participantId: to, reaction: "👍" }),
    await world.ask("chat", { participantId, text: "hello" }),
    await world.ask("update", { participantId, change: { hand_raised: true } }),
  ];
  assertEquals(refused, ["too_often", "too_often", "too_often"]);
  assertEquals(await world.ask("chat", { participantId, text: "hello", to }), "ok");
  const eve = await world.enter("eve");
  assertEquals(await world.ask("react", { participantId: eve.id, reaction: "👍" }), "ok");
  await world.kit.advance(100);
  assertEquals(await world.ask("react", { participantId, reaction: "👍" }), "ok");
});

/** How many times 100 people may be told at once of what one host loosens. */
const LOOSENED_AT_ONCE = 100;

Deno.test("fan-out › a host can't have everybody told again and again; what stops somebody goes on, and so do the other hosts", async () => {
  await using world = new MeetingWorld({ maxParticipants: PEOPLE + 2 });
  for (const name of ["ann", "eve"]) world.claims.set(name, { role: "host" });
  const [ann, eve, bob] = [await world.enter("ann"), await world.enter("eve"), await world.enter("bob")];
  for (let count = 3; count < PEOPLE; count++) await world.enter(`p${count}`, {}, 4_096);
  const by = eve.id;
  const lock = (locked: boolean, host = by) => world.ask("lock", { by: host, locked });
  for (let round = 0; round < LOOSENED_AT_ONCE; round++) {
    assertEquals([await lock(true), await lock(false)], ["ok", "ok"], `${round}`);
  }
  const about = { by, participantId: bob.id };
  const stopping = [
    await lock(true),
    await world.ask("mute", { ...about, source: "camera", muted: true }),
    await world.ask("muteAll", { by, source: "microphone" }),
    await world.ask("permissions", { by, permissions: { chat: false } }),
    await world.ask("suspend", { by }),
  ];
  assertEquals(new Set(stopping), new Set(["ok"]));
  const loosening = [
    await lock(false),
    await world.ask("mute", { ...about, source: "camera", muted: false }),
    await world.ask("permissions", { by, permissions: { chat: true } }),
    await world.ask("giveRole", { ...about, role: "host" }),
  ];
  assertEquals(new Set(loosening), new Set(["too_often"]));
  assertEquals([await lock(false, ann.id), await lock(true, ann.id)], ["ok", "ok"]);
  await world.kit.advance(100);
  assertEquals(await lock(false), "ok");
  assertEquals(await world.ask("remove", { ...about, ban: false }), "ok");
});

Deno.test("fan-out › a host silences everybody as often as a person would, and not as often as a program", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const ann = await world.enter("ann");
  await world.enter("bob");
  const muteAll = () => world.ask("muteAll", { by: ann.id, source: "microphone" });
  const outcomes: string[] = [];
  for (let round = 0; round < 30; round++) outcomes.push(await muteAll());
  assertEquals([outcomes.indexOf("too_often"), outcomes.lastIndexOf("ok")], [25, 24]);
  await world.kit.advance(200);
  assertEquals([await muteAll(), await muteAll()], ["ok", "too_often"]);
});

/** Four hundred people are in. */
async function hall(): Promise<MeetingWorld> {
  const world = new MeetingWorld({ maxParticipants: 403 });
  for (let count = 0; count < 400; count++) await world.enter(`p${count}`, {}, 4_096);
  return world;
}

Deno.test("fan-out › whoever joins and leaves again and again has to pause, and others come in", async () => {
  await using world = await hall();
  const joinAnd = async (name: string, leave = true) => {
    const { client, joined } = await world.join(name);
    const answer = await world.kit.finish(joined);
    if (!answer.ok) return answer.error.code;
    const { participant_id: participantId } = answer.value;
    if (leave) await world.ask("leave", { participantId, client });
    return "ok";
  };
  const outcomes: string[] = [];
  for (let round = 0; round < 30; round++) outcomes.push(await joinAnd("bob"));
  assertEquals([outcomes.indexOf("too_often"), outcomes.lastIndexOf("ok")], [25, 24]);
  assertEquals(await joinAnd("eve"), "ok");
  await world.kit.advance(200);
  assertEquals([await joinAnd("bob", false), await joinAnd("bob")], ["ok", "too_often"]);
});

Deno.test("fan-out › who is in comes back over newer connections, and tries of one join, are never too many", async () => {
  await using world = await hall();
  let bob = await world.enter("bob");
  const first = await world.enter("eve", { attempt_id: "one" });
  for (let round = 0; round < 60; round++) {
    world.lose(bob.client);
    bob = await world.enter("bob", { resume: resumeOf(bob) });
    assertEquals((await world.enter("eve", { attempt_id: "one" })).id, first.id);
  }
});

Deno.test("fan-out › whoever is lost and back again and again is told of now and then, and at last as they are", async () => {
  await using world = await hall();
  const told = (await world.enter("ann", {}, 4_096)).told;
  let bob = await world.enter("bob");
  const states = () =>
    told.all("participant.updated").flatMap(({ participant: { participant_id, state } }) =>
      participant_id === bob.id ? [state] : []
    );
  for (let round = 0; round < 60; round++) {
    world.lose(bob.client);
    await world.kit.settle();
    bob = await world.enter("bob", { resume: resumeOf(bob) });
  }
  assertEquals(states().length, 25);
  await world.kit.advance(1_000);
  assertEquals([states().length, states().at(-1)], [26, "joined"]);
  world.lose(bob.client);
  await world.kit.settle();
  assertEquals(states().at(-1), "away");
});

Deno.test("fan-out › whoever comes back again and again with a source on or off is told of now and then, and at last as they are", async () => {
  await using world = await hall();
  const { told } = await world.enter("ann", {}, 4_096);
  const { id: participantId } = await world.enter("bob");
  const pauses = () =>
    told.all("participant.updated").map(({ participant }) => participant.sources[0]?.paused);
  for (let round = 1; round <= 60; round++) {
    const microphone = {
      source: "microphone",
      producer_id: "p",
      paused: round % 2 === 0,
      muted_by_host: false,
    } as const;
    world.meeting.tell("sources", { participantId, sources: [microphone] });
    await world.kit.settle();
  }
  assertEquals(pauses().length, 25);
  await world.kit.advance(1_000);
  assertEquals([pauses().length, pauses().at(-1)], [26, true]);
});

Deno.test("fan-out › in a meeting of a thousand a host may loosen something five times a second", () => {
  const fanOut = new FanOut();
  const loosen = (nowMs: number) => fanOut.take("loosen", "ann", 1_000, nowMs);
  const taken = Array.from({ length: 30 }, () => loosen(0)).filter(Boolean);
  assertEquals([taken.length, loosen(200), loosen(200)], [25, true, false]);
  assertEquals(fanOut.take("talk", "ann", 1_000, 0), true, "they may speak all the same");
});

Deno.test("fan-out › what is permitted already, or suspended already, is told to nobody", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const { id: by, told } = await world.enter("ann");
  const updates = () => told.all("meeting.updated").length;
  assertEquals(await world.ask("permissions", { by, permissions: { chat: true } }), "ok");
  assertEquals(updates(), 0);
  assertEquals([await world.ask("suspend", { by }), await world.ask("suspend", { by })], ["ok", "ok"]);
  assertEquals(updates(), 1);
  assertEquals(world.audit.received.length, 1);
});
