import { assertEquals } from "@std/assert";
import { Consumers } from "../../../meeting/routing/consumers.ts";
import { setReady } from "../../../meeting/routing/consumption.ts";
import { newMediaState } from "../../../meeting/routing/media_state.ts";
import { attachSubscriber } from "../../../meeting/routing/subscribers.ts";
import { aProducer, aSubscriber } from "./support/samples.ts";

Deno.test("ready › what was set up of producers that are gone is forgotten, also where one comes from another handler", () => {
  const state = newMediaState({ handlers: [], expected: [], departed: [], audibleLimit: 16 });
  const { scene, actual } = state;
  attachSubscriber(state, aSubscriber({ participantId: "ada" }));
  const ready = () => [...scene.subscribers.get("ada")?.ready ?? []];
  const consumers = new Consumers();
  actual.participants.set("ada", {
    routerId: "router",
    epoch: 1,
    isDue: false,
    producers: new Map(),
    consumers,
  });
  const setUp = (producerId: string) => {
    const consumerId = `of ${producerId}`;
    consumers.set(producerId, { consumerId, paused: true, priority: 1, spatialLayer: null });
    setReady(state, "ada", [consumerId]);
  };
  scene.producers = new Map([["first", aProducer({ producerId: "first" })]]);
  setUp("first");
  setUp("from elsewhere");
  assertEquals(ready(), ["first", "from elsewhere"]);
  scene.producers = new Map([["second", aProducer({ producerId: "second" })]]);
  consumers.delete("first");
  setUp("second");
  assertEquals(ready(), ["from elsewhere", "second"]);
});
