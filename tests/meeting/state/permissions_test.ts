import { assertEquals } from "@std/assert";
import { isPausedAtHandler, meetingOfTwo, own, transportOf } from "./meeting_of_two.ts";
import { MeetingWorld, withMedia } from "./meeting_world.ts";

Deno.test("permissions › what is no longer permitted stops, and is its owner's to switch on when it is again", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  await world.produce(bob, "screen");
  await world.produce(ann, "microphone");
  const permissions = (given: { microphone?: boolean; screen?: boolean }) =>
    world.ask("permissions", { by: ann.id, permissions: given });
  assertEquals(await permissions({ microphone: false, screen: false }), "ok");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  assertEquals(isPausedAtHandler(world, bob, "screen"), undefined, "a screen is closed");
  assertEquals(isPausedAtHandler(world, ann, "microphone"), false, "hosts go on");
  assertEquals(await world.setPaused(bob, microphone, false), "forbidden");
  assertEquals(await world.tryProduce(bob, "screen"), "forbidden");
  await permissions({ microphone: true, screen: true });
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  assertEquals(await world.setPaused(bob, microphone, false), "ok");
  assertEquals(await world.tryProduce(bob, "screen"), "ok");
});

Deno.test("permissions › chat and names, too; a host is held by none of them", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.ask("permissions", { by: ann.id, permissions: { chat: false, rename: false } });
  assertEquals(bob.told.last("meeting.updated")?.meeting.permissions.chat, false);
  assertEquals(await world.ask("chat", { participantId: bob.id, text: "psst" }), "forbidden");
  assertEquals(await world.ask("chat", { participantId: ann.id, text: "order" }), "ok");
  const rename = (participantId: string) =>
    world.ask("update", { participantId, change: { display_name: "Somebody" } });
  assertEquals([await rename(bob.id), await rename(ann.id)], ["forbidden", "ok"]);
  assertEquals(await world.ask("update", { participantId: bob.id, change: { hand_raised: true } }), "ok");
  const cleo = await world.enter("cleo", { display_name: "Ann" });
  assertEquals(own(cleo).display_name, "cleo", "nor is a name chosen at the join");
});

Deno.test("permissions › who may share no screen shares no sound of one either", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  for (const source of ["screen", "screen_audio"] as const) await world.produce(bob, source);
  await world.ask("permissions", { by: ann.id, permissions: { screen: false } });
  assertEquals(isPausedAtHandler(world, bob, "screen_audio"), undefined, "it is closed");
  assertEquals(await world.tryProduce(bob, "screen_audio"), "forbidden");
});

Deno.test("permissions › everybody is told of what stops by them alone", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.produce(ann, "microphone");
  const cleo = await world.enter("cleo", withMedia);
  await world.produce(cleo, "camera");
  await world.kit.advance(1_000);
  ann.told.notifications.length = 0;
  await world.ask("permissions", { by: ann.id, permissions: { microphone: false } });
  const [first, ...others] = ann.told.all("participant.updated").map(({ participant }) => participant);
  assertEquals([first?.participant_id, others], [bob.id, []]);
  const sources = first?.sources.map(({ source, paused }) => [source, paused]);
  assertEquals(sources, [["microphone", true], ["camera", false]]);
});

Deno.test("permissions › a source that was on its way when they changed comes too late", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.handler.faults.slowMs = 500;
  const screen = world.producing({ ...transportOf(bob), source: "screen" });
  const other = world.producing({ ...transportOf(ann), source: "microphone" });
  const microphone = world.producing({ ...transportOf(bob), source: "microphone" });
  await world.kit.settle();
  await world.ask("permissions", { by: ann.id, permissions: { screen: false } });
  await world.ask("muteAll", { by: ann.id, source: "microphone" });
  assertEquals(
    [await world.outcome(screen), await world.outcome(microphone), await world.outcome(other)],
    ["forbidden", "ok", "ok"],
  );
  await world.kit.advance(5_000);
  assertEquals(isPausedAtHandler(world, bob, "screen"), undefined);
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  assertEquals(isPausedAtHandler(world, ann, "microphone"), false);
});

Deno.test("suspend › everything stops and the meeting is locked, in one revision", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  bob.told.notifications.length = 0;
  assertEquals(await world.ask("suspend", { by: ann.id }), "ok");
  const [first, ...others] = bob.told.all("meeting.updated");
  assertEquals(others, []);
  assertEquals(first?.meeting.locked, true);
  assertEquals(Object.values(first?.meeting.permissions ?? {}), [false, false, false, false, false]);
  assertEquals(
    [isPausedAtHandler(world, bob, "microphone"), isPausedAtHandler(world, bob, "camera")],
    [true, true],
  );
  assertEquals(await world.setPaused(bob, microphone, false), "forbidden");
  const { joined } = await world.join("late");
  assertEquals(await world.outcome(joined), "locked");
});

Deno.test("suspend › of a meeting that is locked, or in which nothing is permitted, does the rest", async () => {
  for (const locked of [true, false]) {
    const { world, ann, bob } = await meetingOfTwo();
    await using _world = world;
    const nothing = { microphone: false, camera: false, screen: false, chat: false, rename: false };
    if (locked) await world.ask("lock", { by: ann.id, locked });
    else await world.ask("permissions", { by: ann.id, permissions: nothing });
    await world.ask("suspend", { by: ann.id });
    const { meeting } = bob.told.last("meeting.updated") ?? {};
    assertEquals([meeting?.locked, meeting?.permissions], [true, nothing]);
  }
});

Deno.test("moderation › what is so already tells nobody, and is on no record", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const by = ann.id;
  await world.ask("suspend", { by });
  const told = bob.told.types();
  const records = world.audit.received.length;
  await world.ask("suspend", { by });
  await world.ask("lock", { by, locked: true });
  await world.ask("permissions", { by, permissions: { chat: false } });
  assertEquals([bob.told.types(), world.audit.received.length], [told, records]);
});

Deno.test("suspend › a host who comes in during it is heard", async () => {
  const { world, ann } = await meetingOfTwo();
  await using _world = world;
  await world.ask("suspend", { by: ann.id });
  world.claims.set("eve", { role: "host" });
  const eve = await world.enter("eve", withMedia);
  await world.produce(eve, "microphone");
  await world.kit.settle();
  assertEquals(isPausedAtHandler(world, eve, "microphone"), false);
});

Deno.test("permissions › a change of the meeting's setting holds in what runs, and undoes no other change of a host", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.ask("permissions", { by: ann.id, permissions: { camera: false } });
  await world.changeSettings({ permissions: { microphone: false } });
  const now = bob.told.last("meeting.updated")?.meeting;
  assertEquals([now?.permissions.camera, now?.permissions.microphone], [false, false]);
  assertEquals(now?.settings.permissions.camera, true, "a host's change is this run's alone");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
});

Deno.test("permissions › a change of the setting that names a permission with its present value ends a host's change", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.ask("permissions", { by: ann.id, permissions: { camera: false, chat: false } });
  await world.changeSettings({ permissions: { camera: true } });
  const now = bob.told.last("meeting.updated")?.meeting.permissions;
  assertEquals([now?.camera, now?.chat], [true, false]);
  assertEquals(await world.tryProduce(bob, "camera"), "ok");
});

Deno.test("permissions › a change of the setting ends a host's change also where the next controller is the first to hear of it", async () => {
  const { world, ann } = await meetingOfTwo({
    settings: { permissions: { microphone: true, camera: true, screen: true, chat: false, rename: false } },
  });
  await using _world = world;
  await world.ask("permissions", { by: ann.id, permissions: { chat: true, rename: true } });
  world.storeSettings({ permissions: { chat: false } });
  const { settings, permissionChanges } = world;
  await using next = new MeetingWorld({
    snapshot: world.snapshots.at(-1) ?? null,
    settings,
    permissionChanges,
  });
  next.claims.set("ann", { role: "host" });
  const [host, bob] = [await next.enter("ann"), await next.enter("bob")];
  const { chat, rename } = bob.answer.meeting.permissions;
  assertEquals([chat, rename], [false, true], "the change has named the chat alone");
  const say = (one: MeetingWorld, text: string) => one.ask("chat", { participantId: bob.id, text });
  assertEquals(await say(next, "Hello"), "forbidden");
  await next.ask("permissions", { by: host.id, permissions: { chat: true } });
  const again = { snapshot: next.snapshots.at(-1) ?? null, settings, permissionChanges };
  await using third = new MeetingWorld(again);
  await third.kit.settle();
  const { answer } = await third.enter("cleo");
  assertEquals(answer.meeting.permissions.chat, true, "what a host changes afterwards goes on");
});

Deno.test("start muted › whoever joins as number n + 1 is born paused, and may unmute", async () => {
  await using world = new MeetingWorld({ settings: { start_muted_above: 1 } });
  const first = await world.enter("first", withMedia);
  const second = await world.enter("second", withMedia);
  assertEquals([first.answer.start_muted, second.answer.start_muted], [undefined, ["microphone"]]);
  await world.produce(first, "microphone");
  const producer = await world.produce(second, "microphone");
  await world.kit.settle();
  assertEquals(
    [isPausedAtHandler(world, first, "microphone"), isPausedAtHandler(world, second, "microphone")],
    [false, true],
  );
  assertEquals(await world.setPaused(second, producer, false), "ok");
  assertEquals(isPausedAtHandler(world, second, "microphone"), false);
});
