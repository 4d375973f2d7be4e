import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { lifetimeStep } from "../../../meeting/state/lifetime.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { MeetingWorld, withMedia } from "./meeting_world.ts";

const MINUTE = 60_000;
const none = { max_duration_minutes: null, end_after_last_host_minutes: null };
const at = (minutes: number) => new Date(1_700_000_000_000 + minutes * MINUTE).toISOString();

Deno.test("lifetime › without settings a meeting never ends by itself", () => {
  const lifetime = { startedAtMs: 0, hostlessSinceMs: 0 };
  assertEquals(lifetimeStep(lifetime, none, 1e15), { due: null, announced: null, wakeInMs: null });
});

Deno.test("lifetime › the maximum duration is announced five minutes before, or at once when it is shorter", () => {
  const lifetime = { startedAtMs: 0, hostlessSinceMs: null };
  const step = (minutes: number, now: number) =>
    lifetimeStep(lifetime, { ...none, max_duration_minutes: minutes }, now);
  const ending = { reason: "max_duration" as const, atMs: 60 * MINUTE };
  assertEquals(step(60, 0), { due: null, announced: null, wakeInMs: 55 * MINUTE });
  assertEquals(step(60, 55 * MINUTE), { due: null, announced: ending, wakeInMs: 5 * MINUTE });
  assertEquals(step(60, 60 * MINUTE - 1), { due: null, announced: ending, wakeInMs: 1 });
  assertEquals(step(60, 60 * MINUTE), { due: ending, announced: ending, wakeInMs: null });
  assertEquals(step(3, 0).announced, { reason: "max_duration", atMs: 3 * MINUTE });
});

Deno.test("lifetime › of both ends the earlier one counts, and that no host is left is announced at once", () => {
  const settings = { max_duration_minutes: 60, end_after_last_host_minutes: 30 };
  const step = (hostlessSinceMs: number | null) =>
    lifetimeStep({ startedAtMs: 0, hostlessSinceMs }, settings, 20 * MINUTE);
  assertEquals(step(null).announced, null);
  assertEquals(step(20 * MINUTE).announced, { reason: "no_host", atMs: 50 * MINUTE });
  assertEquals(step(40 * MINUTE).announced, null);
});

async function endingWorld(options: ConstructorParameters<typeof MeetingWorld>[0]) {
  const world = new MeetingWorld(options);
  const ends: unknown[] = [];
  let refusal: "unavailable" | "refused" | null = null;
  world.upstream.answer("endMeeting", (body) => {
    ends.push(body);
    return refusal === null ? undefined : fail(refusal, "GC did not end it.");
  });
  world.claims.set("host", { role: "host" });
  await world.kit.settle();
  return { world, ends, setRefusal: (given: typeof refusal) => void (refusal = given) };
}

Deno.test("lifetime › a meeting is over after its maximum duration, announced to those inside and those who come then", async () => {
  const { world, ends } = await endingWorld({ settings: { max_duration_minutes: 30 } });
  await using _world = world;
  const ann = await world.enter("ann");
  await world.kit.advance(24 * MINUTE);
  assertEquals(ann.told.all("meeting.ending"), []);
  await world.kit.advance(MINUTE + 1_000);
  const ending = { reason: "max_duration" as const, at: at(30) };
  assertEquals(ann.told.all("meeting.ending"), [ending]);
  const bob = await world.enter("bob");
  await world.kit.settle();
  assertEquals([bob.told.all("meeting.ending"), ann.told.all("meeting.ending").length], [[ending], 1]);
  await world.kit.advance(5 * MINUTE);
  // GC is told that nobody asked for this end.
  assertEquals(ends, [{ meeting_id: "m", generation: 1 }]);
  for (const { told } of [ann, bob]) {
    assertEquals(told.last("meeting.ended")?.reason, "the meeting's maximum duration is over");
    assertEquals(told.ended, closeCodes.meetingEnded);
  }
});

Deno.test("lifetime › a meeting ends some minutes after its last host left, unless a host is back in time", async () => {
  const { world } = await endingWorld({ settings: { end_after_last_host_minutes: 10 } });
  await using _world = world;
  const ann = await world.enter("ann");
  await world.kit.advance(60 * MINUTE);
  assertEquals(ann.told.all("meeting.ending"), []);
  const first = await world.enter("host");
  const second = await world.enter("host");
  await world.ask("leave", { participantId: first.id, client: first.client });
  assertEquals(ann.told.all("meeting.ending"), []);
  await world.ask("leave", { participantId: second.id, client: second.client });
  const [announced, ...more] = ann.told.all("meeting.ending");
  assertEquals([announced?.reason, more], ["no_host", []]);
  await world.kit.advance(9 * MINUTE);
  const back = await world.enter("host");
  assertEquals(ann.told.last("meeting.ending"), { reason: "no_host", at: null });
  await world.kit.advance(60 * MINUTE);
  assertEquals(ann.told.ended, null);
  // One who is made a host in the meeting counts as well.
  assertEquals(await world.ask("giveRole", { by: back.id, participantId: ann.id, role: "host" }), "ok");
  await world.ask("leave", { participantId: back.id, client: back.client });
  assertEquals(ann.told.all("meeting.ending").length, 2);
});

Deno.test("lifetime › a host who loses the connection has left when they are not back in time", async () => {
  const { world, ends } = await endingWorld({ settings: { end_after_last_host_minutes: 1 } });
  await using _world = world;
  const ann = await world.enter("ann");
  const host = await world.enter("host");
  world.lose(host.client);
  await world.kit.advance(29_000);
  assertEquals(ann.told.all("meeting.ending"), []);
  await world.kit.advance(2_000);
  assertEquals(ann.told.all("meeting.ending").length, 1);
  await world.kit.advance(MINUTE);
  assertEquals([ends.length, ann.told.ended], [1, closeCodes.meetingEnded]);
});

Deno.test("lifetime › both go on over a failover, from when they began", async () => {
  const settings = { max_duration_minutes: 60, end_after_last_host_minutes: 20 };
  const { world: before } = await endingWorld({ settings });
  await before.enter("ann");
  const host = await before.enter("host");
  await before.kit.advance(10 * MINUTE);
  await before.ask("leave", { participantId: host.id, client: host.client });
  await before.kit.advance(1_000);
  const snapshot = before.snapshots.at(-1) ?? null;
  await before[Symbol.asyncDispose]();
  // The next controller's clock begins where the first one's began.
  const { world } = await endingWorld({ settings, snapshot });
  await using _world = world;
  const bob = await world.enter("bob");
  await world.kit.settle();
  const [ending] = bob.told.all("meeting.ending");
  assertEquals([ending?.reason, ending?.at?.slice(0, 16)], ["no_host", at(30).slice(0, 16)]);
  await world.kit.advance(29 * MINUTE);
  assertEquals(bob.told.ended, null);
  await world.kit.advance(2 * MINUTE);
  assertEquals(bob.told.ended, closeCodes.meetingEnded);
});

for (const setByMs of [600 * MINUTE, -600 * MINUTE]) {
  const which = setByMs > 0 ? "forward" : "back";
  Deno.test(`lifetime › a clock that is set ${which} ends no meeting sooner or later, also over a failover`, async () => {
    const settings = { max_duration_minutes: 60, end_after_last_host_minutes: 40 };
    const { world: before } = await endingWorld({ settings });
    const ann = await before.enter("ann");
    const host = await before.enter("host");
    await before.ask("leave", { participantId: host.id, client: host.client });
    await before.kit.advance(10 * MINUTE);
    before.clockSetByMs = setByMs;
    await before.kit.advance(MINUTE);
    const ending = { reason: "no_host" as const, at: at(40 + setByMs / MINUTE).slice(0, 16) };
    const told = ann.told.last("meeting.ending");
    assertEquals({ ...told, at: told?.at?.slice(0, 16) }, ending);
    await before.kit.advance(28 * MINUTE);
    assertEquals(ann.told.ended, null);
    const snapshot = before.snapshots.at(-1) ?? null;
    await before.kit.advance(2 * MINUTE);
    assertEquals(ann.told.ended, closeCodes.meetingEnded);
    await before[Symbol.asyncDispose]();
    const { world } = await endingWorld({ settings, snapshot, clockSetByMs: setByMs });
    await using _world = world;
    const bob = await world.enter("bob");
    await world.kit.advance(39 * MINUTE);
    assertEquals(bob.told.ended, null);
    await world.kit.advance(2 * MINUTE);
    assertEquals(bob.told.ended, closeCodes.meetingEnded);
  });
}

Deno.test("lifetime › who comes back over a newer connection learns of an announced end", async () => {
  const { world } = await endingWorld({ settings: { max_duration_minutes: 30 } });
  await using _world = world;
  const ann = await world.enter("ann");
  await world.kit.advance(27 * MINUTE);
  const { correlation_id, binding_token } = ann.answer;
  const back = await world.enter("ann", { resume: { correlation_id, binding_token } });
  await world.kit.settle();
  assertEquals([back.id, back.told.last("meeting.ending")?.at], [ann.id, at(30)]);
});

Deno.test("lifetime › a changed setting counts at once, and calls an announced end off", async () => {
  const { world } = await endingWorld({ settings: { max_duration_minutes: 30 } });
  await using _world = world;
  const ann = await world.enter("ann");
  await world.kit.advance(27 * MINUTE);
  await world.changeSettings({ max_duration_minutes: 90 });
  assertEquals(ann.told.all("meeting.ending").map(({ at }) => at), [at(30), null]);
  await world.kit.advance(10 * MINUTE);
  assertEquals(ann.told.ended, null);
  await world.changeSettings({ max_duration_minutes: 5 });
  await world.kit.settle();
  assertEquals(ann.told.ended, closeCodes.meetingEnded);
});

/** Ann is in, and the host of a meeting that is over in less than five minutes has left. */
async function hostLeft() {
  const settings = { max_duration_minutes: 30, end_after_last_host_minutes: 2 };
  const { world } = await endingWorld({ settings });
  const ann = await world.enter("ann");
  const host = await world.enter("host");
  await world.kit.advance(26 * MINUTE);
  await world.ask("leave", { participantId: host.id, client: host.client });
  const known = ann.told.all("meeting.ending");
  assertEquals(known.map(({ reason }) => reason), ["max_duration", "no_host"]);
  return { world, ann, known, since: () => ann.told.all("meeting.ending").slice(known.length) };
}

Deno.test("lifetime › a host's return calls their absence off, and then tells again of the maximum duration", async () => {
  const { world, known, since } = await hostLeft();
  await using _world = world;
  await world.enter("host");
  const again = { reason: "max_duration" as const, at: at(30) };
  assertEquals([known[0], since()], [again, [{ reason: "no_host", at: null }, again]]);
});

Deno.test("lifetime › a maximum duration that is put off is called off, and no host's end is told again", async () => {
  const { world, ann, known, since } = await hostLeft();
  await using _world = world;
  await world.changeSettings({ max_duration_minutes: 31 });
  const [, noHost] = known;
  assertEquals(since(), [{ reason: "max_duration", at: null }, ...noHost === undefined ? [] : [noHost]]);
  await world.kit.advance(2 * MINUTE);
  assertEquals(ann.told.last("meeting.ended")?.reason, "no host was in the meeting any more");
});

for (const refusal of ["unavailable", "refused"] as const) {
  Deno.test(`lifetime › while the global controller's answer is "${refusal}" the meeting goes on, and then it ends`, async () => {
    const { world, ends, setRefusal } = await endingWorld({ settings: { max_duration_minutes: 1 } });
    await using _world = world;
    const ann = await world.enter("ann");
    setRefusal(refusal);
    await world.kit.advance(MINUTE + 12_000);
    assertEquals([ends.length >= 2, ann.told.ended], [true, null]);
    setRefusal(null);
    await world.kit.advance(6_000);
    assertEquals(ann.told.ended, closeCodes.meetingEnded);
  });
}

Deno.test("lifetime › a host whose join fails was not in", async () => {
  const { world } = await endingWorld({ settings: { end_after_last_host_minutes: 1 } });
  await using _world = world;
  const ann = await world.enter("ann", withMedia);
  world.handler.faults.full = true;
  const { joined } = await world.join("host", withMedia);
  assertEquals((await world.kit.finish(joined)).ok, false);
  await world.kit.advance(2 * MINUTE);
  assertEquals([ann.told.all("meeting.ending"), ann.told.ended], [[], null]);
});
