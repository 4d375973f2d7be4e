import { assertEquals } from "@std/assert";
import { nothingThere } from "../../../meeting/routing/actual.ts";
import { Consumers } from "../../../meeting/routing/consumers.ts";
import { difference } from "../../../meeting/routing/difference.ts";
import { newScene, type PauseReason } from "../../../meeting/routing/scene.ts";

Deno.test("difference › a producer on replaced transports is paused, too, though no inventory shows it", () => {
  const scene = newScene();
  const pausedBy = new Set<PauseReason>(["host"]);
  const common = { participantId: "ada", kind: "audio", source: "microphone", layers: 1, pausedBy } as const;
  scene.producers = new Map([["old", { ...common, producerId: "old", epoch: 1 }]]);
  const ada = { routerId: "r", epoch: 2, isDue: false, producers: new Map(), consumers: new Consumers() };
  const steps = () =>
    difference({
      scene,
      actual: { ...nothingThere(), routers: new Map([["r", "mh"]]), participants: new Map([["ada", ada]]) },
      concerned: { participants: new Set(), streams: new Map(), producers: new Set(["old"]) },
      placeOf: () => ({ kind: "router", routerId: "r" }),
      refugeOf: () => undefined,
      receivers: new Map(),
      areRoutersKnown: true,
      held: new Set(),
      nowMs: 0,
    }).steps.get("mh") ?? [];
  assertEquals(steps(), [{ step: "producer.pause", router_id: "r", producer_id: "old", paused: true }]);
  pausedBy.clear();
  assertEquals(steps(), []);
});
