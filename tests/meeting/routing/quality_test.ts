import { assertEquals } from "@std/assert";
import type { MediaReport } from "../../../shared/protocol/media/control.ts";
import { MediaMeeting } from "../../../meeting/routing/neighbours.ts";
import type { FakeHandler } from "./support/fake_handler.ts";
import { RoutingWorld } from "./support/routing_world.ts";

type Level = Extract<MediaReport, { report: "quality" }>["level"];

Deno.test("quality › a report of the router that a participant was moved from doesn't count", async () => {
  await using world = new RoutingWorld(3, 16, 2);
  await world.kit.settle();
  await world.join("ada");
  const [old = world.handler, fresh = world.handler] = world.handlers;
  const rate = async (handler: FakeHandler, level: Level) => {
    const [router_id = "none"] = handler.routers;
    handler.report({ report: "quality", router_id, participant_id: "ada", level });
    await world.kit.settle();
  };
  const told = () =>
    world.meeting.received.filter(({ name }) => name === "quality")
      .map(({ body }) => MediaMeeting.quality.input.parse(body).level);
  await rate(old, "fair");
  assertEquals(told(), ["fair"]);
  old.drain();
  await world.kit.advance(1_000);
  assertEquals([...fresh.participants.keys()], ["ada"]);
  await rate(fresh, "good");
  await rate(old, "poor");
  assertEquals(told(), ["fair", "good"]);
});
