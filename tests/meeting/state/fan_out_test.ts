import { assertEquals } from "@std/assert";
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
