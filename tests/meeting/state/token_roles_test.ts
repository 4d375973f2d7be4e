import { assertEquals } from "@std/assert";
import { MeetingAudit } from "../../../meeting/state/meeting_audit.ts";
import { isPausedAtHandler, meetingOfTwo, resumeOf } from "./meeting_of_two.ts";
import { type Entered, freshTokenOf, MeetingWorld, withMedia } from "./meeting_world.ts";

/** A participant's token is renewed. It is newer than that of their join, and says this role. */
async function renew(
  world: MeetingWorld,
  { id: participantId }: Entered,
  name: string,
  role: "host" | "participant",
): Promise<void> {
  world.meeting.tell("rebind", { participantId, ...freshTokenOf(name, { iat: 2_000, role }) });
  await world.kit.settle();
}

/** The role of a participant, as others were told it last. */
const roleOf = ({ id }: Entered, { told }: Entered) =>
  told.all("participant.updated").findLast(({ participant }) => participant.participant_id === id)
    ?.participant.role;

Deno.test("token's role › who is an admin no more is no host any more with the next renewal, on all devices", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const phone = await world.enter("ann", withMedia);
  await world.produce(ann, "microphone");
  await world.ask("permissions", { by: ann.id, permissions: { microphone: false } });
  assertEquals(isPausedAtHandler(world, ann, "microphone"), false, "a host may speak");
  await renew(world, ann, "ann", "participant");
  assertEquals([ann, phone].map((one) => roleOf(one, bob)), ["participant", "participant"]);
  assertEquals(isPausedAtHandler(world, ann, "microphone"), true, "the permission is hers as well");
  for (const { id: by } of [ann, phone]) assertEquals(await world.ask("suspend", { by }), "forbidden");
  const [record] = world.audit.received.map(({ body }) => MeetingAudit.record.input.parse(body));
  assertEquals([record?.type, record?.actor, record?.subject], ["meeting_role_changed", "system", "ann"]);
});

Deno.test("token's role › an older token makes nobody a host again: not at a resume, on another device, or after leaving", async () => {
  const { world, ann } = await meetingOfTwo();
  await using _world = world;
  await renew(world, ann, "ann", "participant");
  const back = await world.enter("ann", { ...withMedia, resume: resumeOf(ann) });
  const phone = await world.enter("ann");
  assertEquals([back.id, back.answer.role, phone.answer.role], [ann.id, "participant", "participant"]);
  for (const { id: participantId, client } of [back, phone]) {
    await world.ask("leave", { participantId, client });
  }
  assertEquals((await world.enter("ann")).answer.role, "participant");
});

Deno.test("token's role › an older token makes nobody a host whose newer one changed nothing", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await renew(world, bob, "bob", "participant");
  world.claims.set("bob", { role: "host" });
  assertEquals((await world.enter("bob")).answer.role, "participant");
  assertEquals(roleOf(bob, ann) === "host", false);
});

Deno.test("token's role › of two tokens of one second the latter holds", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  for (const role of ["host", "participant"] as const) {
    await renew(world, bob, "bob", role);
    assertEquals(roleOf(bob, ann), role);
  }
});

Deno.test("token's role › who has become an admin is a host with the token of a resume, on all devices", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const phone = await world.enter("bob");
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const gus = await world.enter("gus");
  world.claims.set("bob", { role: "host", iat: 2_000 });
  const back = await world.enter("bob", { ...withMedia, resume: resumeOf(bob) });
  assertEquals([back.id, back.answer.role], [bob.id, "host"]);
  assertEquals(back.answer.participants.some(({ participant_id }) => participant_id === gus.id), true);
  assertEquals([roleOf(bob, ann), roleOf(phone, ann)], ["host", "host"]);
  assertEquals(phone.told.last("participant.waiting")?.participant.participant_id, gus.id);
  assertEquals(await world.ask("admit", { by: phone.id, participantIds: [gus.id] }), "ok");
});

Deno.test("token's role › what a host has given holds over every token, and whoever created the meeting stays host", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.claims.set("creator", { role: "host" });
  const creator = await world.enter("creator");
  await world.ask("giveRole", { by: ann.id, participantId: bob.id, role: "host" });
  await renew(world, bob, "bob", "participant");
  await renew(world, creator, "creator", "participant");
  assertEquals(await world.ask("lock", { by: bob.id, locked: true }), "ok");
  assertEquals(await world.ask("lock", { by: creator.id, locked: false }), "ok");
});

Deno.test("token's role › the last host is none any more either, and members let in who waits", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const gus = await world.enter("gus");
  assertEquals(await world.ask("admit", { by: bob.id, participantIds: [gus.id] }), "forbidden");
  await renew(world, ann, "ann", "participant");
  assertEquals(bob.told.last("participant.waiting")?.participant.participant_id, gus.id);
  assertEquals(await world.ask("admit", { by: bob.id, participantIds: [gus.id] }), "ok");
});

Deno.test("token's role › survives the controller", async () => {
  const { world, ann } = await meetingOfTwo();
  await using _world = world;
  await renew(world, ann, "ann", "participant");
  await using next = new MeetingWorld({ snapshot: world.snapshots.at(-1) ?? null });
  next.claims.set("ann", { role: "host" });
  const back = await next.enter("ann", { ...withMedia, resume: resumeOf(ann) });
  assertEquals([back.answer.resumed, back.answer.role], [true, "participant"]);
  assertEquals((await next.enter("ann")).answer.role, "participant");
});
