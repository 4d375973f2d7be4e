import { assertEquals } from "@std/assert";
import { adoptInventory } from "../../../meeting/routing/adopt_inventory.ts";
import { Consumers } from "../../../meeting/routing/consumers.ts";
import { noteLayer } from "../../../meeting/routing/consumption.ts";
import { newMediaState } from "../../../meeting/routing/media_state.ts";
import { RoutingWorld } from "./support/routing_world.ts";

const shown = { mode: "grid" as const, slots: 4 };

/** Ada receives Bob's camera, and is told of what changes. */
async function watched() {
  const world = new RoutingWorld(7);
  await world.join("ada", shown);
  await world.join("bob", shown);
  await world.produce("bob", "camera");
  await world.quiet();
  const [producerId = ""] = world.handler.participants.get("bob")?.producers.keys() ?? [];
  const client = () => world.people.get("ada")?.client;
  const first = client();
  const before = first?.writes.length ?? 0;
  /** The handler reports the layer that Ada is sent. Answers everything that she was told since, over her newest connection. */
  const sent = async (spatial_layer: number | null) => {
    const consumers = [{ participant_id: "ada", producer_id: producerId, spatial_layer }];
    world.handler.report({ report: "layers", router_id: "router-1", consumers });
    await world.kit.settle();
    return told();
  };
  const told = () =>
    (client()?.writes.slice(client() === first ? before : 0) ?? []).flat().map((text) => JSON.parse(text))
      .flatMap(({ data }) => data.changed ?? [])
      .map(({ layers, paused }) => layers === undefined ? { paused } : layers);
  return { world, sent, told };
}

Deno.test("layers › a client is told when bandwidth suffices for none, and when it does again", async () => {
  const { world, sent } = await watched();
  await using _ = world;
  assertEquals(await sent(2), []);
  assertEquals(await sent(0), []);
  assertEquals(await sent(null), [null]);
  assertEquals(await sent(null), [null]);
  assertEquals(await sent(1), [null, { spatial: 1 }]);
});

Deno.test("layers › who comes back with their media is told again of what bandwidth suffices for none", async () => {
  const { world, sent, told } = await watched();
  await using _ = world;
  await sent(null);
  await world.resume("ada");
  await world.kit.settle();
  assertEquals(told(), [null]);
  assertEquals(await sent(1), [null, { spatial: 1 }]);
});

Deno.test("layers › who comes back to another controller is told of what bandwidth suffices for none", async () => {
  const { world, sent, told } = await watched();
  await using _ = world;
  await world.connect("ada");
  await world.failOver();
  // The handler reports it to the new controller as soon as that has opened the meeting.
  await sent(null);
  await world.resume("ada");
  await world.kit.settle();
  assertEquals(told(), [null]);
  assertEquals(await sent(1), [null, { spatial: 1 }]);
});

Deno.test("layers › of what is paused or hidden nothing is told", async () => {
  const { world, sent, told } = await watched();
  await using _ = world;
  await world.setPaused("bob", "camera", true);
  await world.kit.settle();
  assertEquals(await sent(null), [{ paused: true }]);
  await sent(2);
  await world.setPaused("bob", "camera", false);
  await world.setLayout("ada", { mode: "grid", slots: 0 });
  await world.kit.settle();
  assertEquals(await sent(null), [{ paused: true }, { paused: false }]);
  await sent(1);
  await world.setLayout("ada", shown);
  await world.kit.settle();
  assertEquals(told(), [{ paused: true }, { paused: false }]);
});

Deno.test("layers › nothing is kept of a consumer that the handler has no more", () => {
  const state = newMediaState({ handlers: [], expected: ["ada"], departed: [], audibleLimit: 16 });
  const consumer = { consumerId: "consumer", paused: false, priority: 1, spatialLayer: null };
  const there = { routerId: "router", epoch: 1, isDue: false, producers: new Map<string, boolean>() };
  state.actual.routers.set("router", "handler");
  state.actual.participants.set("ada", { ...there, consumers: new Consumers([["bob's", consumer]]) });
  noteLayer(state, "ada", "bob's", 2);
  assertEquals([...state.sentLayers], [["consumer", 2]]);
  adoptInventory(state, "handler", { batch: 0, routers: [] }, 0);
  assertEquals(state.sentLayers.size, 0);
});
