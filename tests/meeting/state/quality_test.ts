import { assertEquals } from "@std/assert";
import { MeetingWorld, withMedia } from "./meeting_world.ts";

Deno.test("quality › everybody is told of a participant who is in, nobody of one who isn't", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  const bob = await world.enter("bob", withMedia);
  const participantId = bob.answer.participant_id;
  world.meeting.tell("quality", { participantId, level: "poor" });
  world.meeting.tell("quality", { participantId: "gone", level: "fair" });
  await world.kit.settle();
  for (const { told } of [ada, bob]) {
    assertEquals(told.types().filter((type) => type === "quality"), ["quality"]);
  }
});
