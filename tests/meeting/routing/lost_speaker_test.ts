import { assertEquals } from "@std/assert";
import { MediaMeeting } from "../../../meeting/routing/neighbours.ts";
import { differences } from "./support/compare.ts";
import { handlerAt, threePeople } from "./support/three_people.ts";

for (const isReported of [true, false]) {
  Deno.test(`speaker › whoever spoke on a router that is gone speaks no more, ${isReported ? "as reported" : "as the inventory shows"}`, async () => {
    await using world = await threePeople();
    const other = handlerAt(world, 1);
    const told = () =>
      world.meeting.received.filter(({ name }) => name === "speaker")
        .map(({ body }) => MediaMeeting.speaker.input.parse(body).participantId);
    other.report({ report: "speaker", router_id: other.routers[0] ?? "none", participant_id: "eve" });
    await world.kit.settle();
    assertEquals(told(), ["eve"]);
    other.loseRouter(0, isReported);
    await world.kit.advance(6_000);
    assertEquals(told(), ["eve", null]);
    await world.quiet();
    assertEquals(differences(world), []);
  });
}
