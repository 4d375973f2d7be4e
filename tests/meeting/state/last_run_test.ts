import { assertEquals } from "@std/assert";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { MeetingWorld } from "./meeting_world.ts";

const idleMs = 60_000;
/** An empty meeting's time, a quarter of it, and a minute for the failover. */
const longestMs = idleMs + idleMs / 4 + 60_000;

/** What a controller has stored of a locked meeting that somebody was in. */
async function lockedMeeting(): Promise<string> {
  await using world = new MeetingWorld({ idleMs });
  world.claims.set("ann", { role: "host" });
  const ann = await world.enter("ann");
  assertEquals(await world.ask("lock", { by: ann.id, locked: true }), "ok");
  await world.kit.advance(1_000);
  return world.snapshots.at(-1) ?? "";
}

/** The same, stored so long before a world begins. */
function storedBefore(snapshot: string, ms: number, world: { readonly startMs: number }): string {
  return JSON.stringify({ ...JSON.parse(snapshot), at_ms: world.startMs - ms });
}

Deno.test("last run › a meeting goes on where its controller was away for less than an empty meeting's time", async () => {
  const snapshot = storedBefore(await lockedMeeting(), longestMs, MeetingWorld);
  await using world = new MeetingWorld({ idleMs, snapshot });
  assertEquals(await world.outcome((await world.join("bob")).joined), "locked");
  assertEquals(world.releases, 0);
});

Deno.test("last run › what nobody has been in for longer is over, and begins anew with the next assignment", async () => {
  const snapshot = storedBefore(await lockedMeeting(), longestMs + 1, MeetingWorld);
  await using world = new MeetingWorld({ idleMs, snapshot });
  const { ended } = await world.turnedAway();
  assertEquals([ended, world.releases], [closeCodes.movedAway, 1]);
});

Deno.test("last run › an older controller's snapshot, which has no time, goes on", async () => {
  const { at_ms: _, ...older } = JSON.parse(await lockedMeeting());
  await using world = new MeetingWorld({ idleMs, snapshot: JSON.stringify(older) });
  assertEquals(await world.outcome((await world.join("bob")).joined), "locked");
});

Deno.test("last run › while somebody is in, a quiet meeting is stored again and again, an empty one isn't", async () => {
  await using world = new MeetingWorld({ idleMs });
  const ann = await world.enter("ann");
  const bob = await world.enter("bob");
  await world.kit.advance(1_000);
  const before = world.snapshots.length;
  await world.kit.advance(2 * idleMs);
  assertEquals(world.snapshots.length, before + 8);
  for (const { id: participantId, client } of [ann, bob]) await world.ask("leave", { participantId, client });
  await world.kit.advance(1_000);
  const empty = world.snapshots.length;
  await world.kit.advance(idleMs / 2);
  assertEquals(world.snapshots.length, empty);
});
