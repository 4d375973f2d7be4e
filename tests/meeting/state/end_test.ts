import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { MeetingWorld } from "./meeting_world.ts";

async function hostedWorld() {
  const world = new MeetingWorld();
  const ends: unknown[] = [];
  let refusal: "unavailable" | "refused" | null = null;
  world.upstream.answer("endMeeting", (body) => {
    ends.push(body);
    return refusal === null ? undefined : fail(refusal, "GC did not end it.");
  });
  world.claims.set("ann", { role: "host" });
  const ann = await world.enter("ann");
  const bob = await world.enter("bob");
  const end = () => world.ask("end", { by: ann.id });
  const endings = () => [ann, bob].map(({ told }) => [told.last("meeting.ended")?.reason, told.ended]);
  return { world, ends, end, endings, setRefusal: (given: typeof refusal) => void (refusal = given) };
}

const goesOn = [[undefined, null], [undefined, null]];

Deno.test("end › a host's end is told to GC, and then to everybody", async () => {
  const { world, ends, end, endings } = await hostedWorld();
  await using _world = world;
  assertEquals(await end(), "ok");
  assertEquals(ends, [{ meeting_id: "m", generation: 1, by: { sub: "ann", address: "127.0.0.1" } }]);
  const ended = ["ended by a host", closeCodes.meetingEnded];
  assertEquals(endings(), [ended, ended]);
});

Deno.test("end › while GC can't be told the meeting goes on, and its host learns of it", async () => {
  const { world, end, endings, setRefusal } = await hostedWorld();
  await using _world = world;
  setRefusal("unavailable");
  assertEquals(await end(), "unavailable");
  assertEquals(endings(), goesOn);
  await world.enter("cem");
  setRefusal(null);
  assertEquals(await end(), "ok");
  assertEquals(endings().map(([, code]) => code), [closeCodes.meetingEnded, closeCodes.meetingEnded]);
});

Deno.test("end › a controller that GC doesn't take the end from goes on with the meeting", async () => {
  const { world, end, endings, setRefusal } = await hostedWorld();
  await using _world = world;
  setRefusal("refused");
  assertEquals(await end(), "unavailable");
  assertEquals(endings(), goesOn);
});

Deno.test("end › what is stored of a meeting that ends while the store is away goes once the store is back", async () => {
  const { world, end } = await hostedWorld();
  await using _world = world;
  world.isStoreFull = true;
  assertEquals(await end(), "ok");
  await world.kit.advance(60_000);
  // Whoever knocks meanwhile changes nothing about it.
  assertEquals((await world.turnedAway()).ended, closeCodes.movedAway);
  await world.kit.advance(60_000);
  world.isStoreFull = false;
  await world.kit.advance(10_000);
  assertEquals(world.releases, 1);
});
