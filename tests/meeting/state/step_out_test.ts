import { assertEquals, assertNotEquals } from "@std/assert";
import { isPausedAtHandler, meetingOfTwo } from "./meeting_of_two.ts";
import { type Entered, MeetingWorld } from "./meeting_world.ts";

const resumeOf = ({ answer: { correlation_id, binding_token } }: Entered) => ({
  resume: { correlation_id, binding_token },
});

/** Says that they step out for ten seconds, and goes. */
async function stepOut(world: MeetingWorld, { id, client }: Entered): Promise<void> {
  await world.ask("leave", { participantId: id, client, backWithinMs: 10_000 });
  world.lose(client);
  await world.kit.settle();
}

Deno.test("stepping out › who is back in time is the same participant, with hand and name", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada");
  const bob = await world.enter("bob");
  await world.ask("update", { participantId: bob.id, change: { hand_raised: true, display_name: "Bobby" } });
  await stepOut(world, bob);
  assertEquals(ada.told.last("participant.updated")?.participant.state, "away");
  await world.kit.advance(9_900);
  const back = await world.enter("bob", resumeOf(bob));
  assertEquals([back.id, back.answer.resumed], [bob.id, true]);
  const shown = ada.told.last("participant.updated")?.participant;
  assertEquals([shown?.state, shown?.hand_raised, shown?.display_name], ["joined", true, "Bobby"]);
  assertEquals(ada.told.all("participant.left"), []);
});

Deno.test("stepping out › who isn't back in time has left, and not lost the connection", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada");
  const bob = await world.enter("bob");
  await stepOut(world, bob);
  await world.kit.advance(10_100);
  const [left] = ada.told.all("participant.left");
  assertEquals([left?.participant_id, left?.reason], [bob.id, "left"]);
  const back = await world.enter("bob", resumeOf(bob));
  assertNotEquals(back.id, bob.id);
});

Deno.test("stepping out › what they send is paused at once", async () => {
  const { world, bob } = await meetingOfTwo();
  await using _world = world;
  await stepOut(world, bob);
  await world.kit.advance(1_000);
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
});

Deno.test("stepping out › for longer than a lost connection is waited for is for as long as that", async () => {
  await using world = new MeetingWorld();
  const [ada, bob] = [await world.enter("ada"), await world.enter("bob")];
  await world.ask("leave", { participantId: bob.id, client: bob.client, backWithinMs: 600_000 });
  world.lose(bob.client);
  await world.kit.advance(31_000);
  assertEquals(ada.told.last("participant.left")?.participant_id, bob.id);
});

for (const isLost of [true, false]) {
  Deno.test(`stepping out › a later loss has its full time again, ${isLost ? "after" : "before"} the first connection's end`, async () => {
    await using world = new MeetingWorld();
    const ada = await world.enter("ada");
    const bob = await world.enter("bob");
    if (isLost) await stepOut(world, bob);
    else await world.ask("leave", { participantId: bob.id, client: bob.client, backWithinMs: 10_000 });
    const back = await world.enter("bob", resumeOf(bob));
    world.lose(back.client);
    await world.kit.advance(29_000);
    assertEquals(ada.told.all("participant.left"), []);
    await world.kit.advance(2_000);
    assertEquals(ada.told.last("participant.left")?.reason, "lost");
  });
}

for (const [what, late] of [["a leave", {}], ["a leave for a while", { backWithinMs: 10_000 }]] as const) {
  Deno.test(`stepping out › ${what} that comes over a former connection counts no more`, async () => {
    await using world = new MeetingWorld();
    const ada = await world.enter("ada");
    const bob = await world.enter("bob");
    const back = await world.enter("bob", resumeOf(bob));
    await world.ask("leave", { participantId: bob.id, client: bob.client, ...late });
    world.lose(back.client);
    await world.kit.advance(29_000);
    assertEquals(ada.told.all("participant.left"), []);
    await world.kit.advance(2_000);
    assertEquals(ada.told.last("participant.left")?.reason, "lost");
  });
}

Deno.test("stepping out › whoever waits to be let in goes on waiting", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const ann = await world.enter("ann");
  const gus = await world.enter("gus");
  await stepOut(world, gus);
  const back = await world.enter("gus", resumeOf(gus));
  assertEquals([back.id, back.answer.state], [gus.id, "waiting"]);
  assertEquals(ann.told.all("waiting.left"), []);
  await stepOut(world, back);
  await world.kit.advance(10_100);
  assertEquals(ann.told.last("waiting.left")?.participant_id, gus.id);
});
