import { assertEquals } from "@std/assert";
import { MeetingWorld, withMedia } from "./meeting_world.ts";

Deno.test("excess › whoever sends more than their share is told, and nobody else", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  const bob = await world.enter("bob", withMedia);
  world.handler.report({
    report: "excess",
    router_id: "any",
    participant_id: bob.answer.participant_id,
    bitrate_bps: 9_000_000,
    allowed_bps: 4_000_000,
    closed: true,
  });
  await world.kit.settle();
  const told = (one: typeof ada) => one.told.types().filter((type) => type === "media.excess");
  assertEquals([told(ada), told(bob)], [[], ["media.excess"]]);
});
