import { assertEquals } from "@std/assert";
import { fail, Failure, later, valueOf } from "../../../shared/actor/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { freshTokenOf, MeetingWorld, withMedia } from "./meeting_world.ts";

const url = "ws://elsewhere/signaling";

async function worldWith(handOver: () => unknown): Promise<MeetingWorld> {
  const world = new MeetingWorld();
  world.upstream.answer("meetingToken", () => freshTokenOf("ada"));
  world.upstream.answer("handOver", handOver);
  await world.kit.settle();
  return world;
}

Deno.test("migration › everybody is bound anew, it is stored, and then they are sent to the new place", async () => {
  let stored = "";
  await using world = await worldWith(() => {
    stored = world.snapshots.at(-1) ?? "";
    return { signaling_url: url };
  });
  const { told } = await world.enter("ada", withMedia);
  const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(moved, { ok: true, value: "moved" });
  const [bound, migrate] = told.notifications.slice(-2);
  assertEquals(bound?.type === "session.bound" && bound.data.token, "fresh");
  assertEquals(migrate, { type: "session.migrate", data: { signaling_url: url } });
  // Two bindings: the one of the join, and the new one, which the other controller has to know.
  assertEquals(JSON.parse(stored).attendees[0].binding_hashes.length, 2);
  // The media stays at the handler for the other controller.
  assertEquals(world.handler.participants.size, 1);
});

Deno.test("migration › a newcomer is sent for another ticket while the meeting is handed over", async () => {
  const gate = Promise.withResolvers<void>();
  await using world = await worldWith(async () => {
    await gate.promise;
    return { signaling_url: url };
  });
  await world.enter("ada");
  const moving = world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 });
  await world.kit.settle();
  const told = await world.turnedAway();
  assertEquals(told.ended, closeCodes.movedAway);
  gate.resolve();
  await world.kit.finish(moving);
});

Deno.test("migration › who joins while the meeting moves is told that it goes on elsewhere", async () => {
  await using world = await worldWith(() => ({ signaling_url: url }));
  await world.enter("ada", withMedia);
  world.handler.faults.slowMs = 1_000;
  const { client, joined } = await world.join("bob", withMedia);
  const late = await world.connect("eve");
  await world.kit.advance(100);
  const moving = world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 });
  assertEquals(await world.outcome(joined), "moved");
  assertEquals(await world.outcome(world.joinOver(late.client, "eve")), "moved");
  for (const one of [client, late.client]) world.lose(one);
  assertEquals(await world.kit.finish(moving), { ok: true, value: "moved" });
});

Deno.test("migration › without another controller the meeting stays, and goes on", async () => {
  await using world = await worldWith(() => fail("refused", "There is no other controller."));
  const { told, answer } = await world.enter("ada");
  const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(moved, { ok: true, value: "stayed" });
  const chat = { participantId: answer.participant_id, text: "still here" };
  assertEquals((await world.kit.finish(world.meeting.ask("chat", chat))).ok, true);
  assertEquals([told.ended, told.types().includes("session.migrate")], [null, false]);
});

Deno.test("migration › without another controller nobody waits for a meeting that nobody is connected to", async () => {
  await using world = await worldWith(() => fail("unavailable", "There is no other controller."));
  const migrate = () => world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  const { client } = await world.enter("ada");
  assertEquals(await migrate(), { ok: true, value: "stayed" });
  world.lose(client);
  await world.kit.settle();
  assertEquals(await migrate(), { ok: true, value: "vacant" });
});

Deno.test("migration › while GC doesn't answer the meeting stays, and is handed over later with the bindings of before", async () => {
  let isAway = true;
  await using world = await worldWith(() =>
    isAway ? fail("unavailable", "GC is away.") : { signaling_url: url }
  );
  const { told } = await world.enter("ada");
  const migrate = () => world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(await migrate(), { ok: true, value: "stayed" });
  isAway = false;
  assertEquals(await migrate(), { ok: true, value: "moved" });
  const bound = told.types().filter((type) => type === "session.bound");
  assertEquals(bound.length, 1, "each further one would cost a silent client the one that it has");
});

Deno.test("migration › what could not be stored keeps the meeting here", async () => {
  let asked = 0;
  await using world = await worldWith(() => {
    asked++;
    return { signaling_url: url };
  });
  await world.enter("ada");
  world.storeGate = new Promise(() => {});
  const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals([moved, asked], [{ ok: true, value: "stayed" }, 0]);
});

/**
 * GC gives the meeting to another controller at generation 10, a write of this one is refused, and then GC does not say that
 * the other one has opened it.
 */
async function worldGivenAway(takeBack: (world: MeetingWorld) => unknown): Promise<MeetingWorld> {
  const world = await worldWith(async () => {
    world.generation = 10;
    world.place.controller_id = "another";
    const { participants: [one] } = valueOf(await world.meeting.ask("roster", undefined));
    world.meeting.tell("rebind", { participantId: one?.participant_id ?? "", ...freshTokenOf("ada") });
    await world.refusedWrite.promise;
    return fail("unavailable", "The other controller did not open the meeting.");
  });
  world.upstream.answer("takeBack", () => {
    const outcome = takeBack(world);
    if (!(outcome instanceof Failure)) world.place.controller_id = "mc";
    return outcome;
  });
  return world;
}

Deno.test("migration › a meeting that the other controller didn't open goes on here in a new term, stored and with its media", async () => {
  await using world = await worldGivenAway((one) => {
    one.generation = 21;
  });
  const ada = await world.enter("ada", withMedia);
  const camera = await world.produce(ada, "camera");
  // It was about to open the meeting at its handler, too.
  world.handler.generation = 10;
  const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(moved, { ok: true, value: "stayed" });
  const raised = await world.kit.finish(
    world.meeting.ask("update", { participantId: ada.id, change: { hand_raised: true } }),
  );
  assertEquals(raised, { ok: true, value: {} }, "it is stored");
  assertEquals(await world.setPaused(ada, camera, true), "ok");
  await world.kit.advance(5_000);
  assertEquals([ada.told.ended, world.handler.generation], [null, 21]);
  const [producer] = world.handler.participants.get(ada.id)?.producers.values() ?? [];
  assertEquals(producer?.paused, true, "the handler obeys");
});

Deno.test("migration › a fence of an earlier hand-over says nothing of the next one", async () => {
  await using world = await worldGivenAway((one) => {
    one.generation = 21;
  });
  const { told } = await world.enter("ada");
  const migrate = () => world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(await migrate(), { ok: true, value: "stayed" });
  world.storeGate = new Promise(() => {});
  assertEquals(await migrate(), { ok: true, value: "stayed" });
  await world.kit.settle();
  assertEquals(told.ended, null);
});

Deno.test("migration › a fence from before the meeting was taken back doesn't end its new term", async () => {
  await using world = await worldGivenAway((one) => {
    one.generation = 21;
  });
  const { told } = await world.enter("ada");
  const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(moved, { ok: true, value: "stayed" });
  const fence = async (generation: number) => {
    world.meeting.tell("fenced", { generation });
    await world.kit.settle();
    return told.ended;
  };
  assertEquals([await fence(1), await fence(21)], [null, closeCodes.movedAway]);
});

Deno.test("migration › a meeting that comes back has the settings that were changed meanwhile", async () => {
  await using world = await worldGivenAway((one) => {
    one.generation = 21;
    one.storeSettings({ permissions: { camera: false } });
  });
  const ada = await world.enter("ada", withMedia);
  const camera = await world.produce(ada, "camera");
  world.handler.generation = 10;
  await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  await world.kit.settle();
  assertEquals(ada.told.last("meeting.updated")?.meeting.permissions.camera, false);
  assertEquals(await world.setPaused(ada, camera, false), "forbidden");
});

Deno.test("migration › whoever was removed while another controller had the meeting is out when it comes back", async () => {
  await using world = await worldGivenAway((one) => {
    one.generation = 21;
    one.revokedAtMs.set("bob", MeetingWorld.startMs + one.kit.clock.now());
  });
  const ada = await world.enter("ada");
  const bob = await world.enter("bob");
  const eve = await world.enter("eve");
  // Removed before, and let in again with a newer ticket.
  world.revokedAtMs.set("eve", MeetingWorld.startMs - 1);
  world.handler.generation = 10;
  const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  assertEquals(moved, { ok: true, value: "stayed" });
  await world.kit.settle();
  const { removed } = closeCodes;
  assertEquals([ada, bob, eve].map(({ told }) => told.ended), [null, removed, null]);
});

Deno.test("migration › a meeting that the other controller has opened after all ends here", async () => {
  await using world = await worldGivenAway(() => fail("refused", "Another controller has the meeting."));
  const { told } = await world.enter("ada");
  await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
  await world.kit.settle();
  assertEquals(told.ended, closeCodes.movedAway);
});

Deno.test("migration › while GC does not say whose the meeting is it goes on, and is taken back once GC is there", async () => {
  let isAway = true;
  await using world = await worldGivenAway((one) => {
    if (isAway) return one.unavailable();
    one.generation = 21;
  });
  const ada = await world.enter("ada");
  const moving = world.meeting.ask("migrate", undefined, { timeoutMs: 60_000 });
  await world.kit.advance(20_000);
  const said = async (text: string) => {
    const chat = { participantId: ada.id, text };
    const answer = await world.kit.finish(world.meeting.ask("chat", chat));
    return answer.ok ? answer.value.durable ?? "stored" : answer.error.code;
  };
  assertEquals([ada.told.isHeld, await said("away")], [false, false]);
  const bob = await world.enter("bob");
  assertEquals([bob.answer.durable, ada.told.ended], [false, null]);
  isAway = false;
  assertEquals(await world.kit.finish(moving), { ok: true, value: "stayed" });
  await world.kit.settle();
  assertEquals(await said("back"), "stored");
  const stored = JSON.parse(world.snapshots.at(-1) ?? "").attendees.length;
  const texts = world.chat.map((message) => JSON.parse(message).text);
  assertEquals([stored, texts], [2, ["away", "back"]], "what changed meanwhile as well");
});

Deno.test("migration › requests wait no longer for a GC that is slow to give the meeting back", async () => {
  const gate = Promise.withResolvers<void>();
  await using world = await worldGivenAway(() => later(gate.promise));
  const { told } = await world.enter("ada");
  const moving = world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 });
  await world.kit.advance(500);
  assertEquals(told.isHeld, true);
  await world.kit.advance(1_000);
  assertEquals(told.isHeld, false);
  world.generation = 21;
  gate.resolve();
  assertEquals(await world.kit.finish(moving), { ok: true, value: "stayed" });
});

Deno.test("migration › a meeting that GC had given back before the store failed is opened without GC", async () => {
  let asked = 0;
  await using world = await worldGivenAway((one) => {
    asked++;
    one.generation = 21;
    one.isStoreFull = true;
  });
  const ada = await world.enter("ada");
  const moving = world.meeting.ask("migrate", undefined, { timeoutMs: 60_000 });
  await world.kit.advance(5_000);
  world.isStoreFull = false;
  assertEquals(await world.kit.finish(moving), { ok: true, value: "stayed" });
  assertEquals([asked, ada.told.ended], [1, null]);
});

Deno.test("migration › a meeting goes on here, stored, where the store has lost its lease during a hand-over that failed", async () => {
  for (const left of [0, 1]) {
    await using world = new MeetingWorld();
    world.generation = 2;
    world.upstream.answer("meetingToken", () => freshTokenOf("ada"));
    world.upstream.answer("handOver", () => {
      world.generation = left;
      return fail("unavailable", "The live store does not answer.");
    });
    world.upstream.answer("takeBack", () => fail("refused", "Another controller has the meeting."));
    const { told, answer } = await world.enter("ada");
    const moved = await world.kit.finish(world.meeting.ask("migrate", undefined, { timeoutMs: 10_000 }));
    assertEquals(moved, { ok: true, value: "stayed" });
    const chat = { participantId: answer.participant_id, text: "still here" };
    const said = await world.kit.finish(world.meeting.ask("chat", chat));
    assertEquals(said.ok && said.value.durable, undefined, "it is stored");
    assertEquals([told.ended, world.generation], [null, 2]);
  }
});
