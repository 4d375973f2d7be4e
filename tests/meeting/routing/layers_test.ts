import { assertEquals } from "@std/assert";
import { attachSubscriber } from "../../../meeting/routing/subscribers.ts";
import { updateView } from "../../../meeting/routing/client_view.ts";
import { Consumers } from "../../../meeting/routing/consumers.ts";
import { noteLayer } from "../../../meeting/routing/consumption.ts";
import { newMediaState } from "../../../meeting/routing/media_state.ts";
import { RoutingWorld } from "./support/routing_world.ts";
import { aSubscriber } from "./support/samples.ts";

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

for (const end of ["closed", "replaced"] as const) {
  Deno.test(`layers › nothing is kept of a consumer that was ${end} before its client was told of it`, () => {
    const state = newMediaState({ handlers: [], expected: [], departed: [], audibleLimit: 16 });
    const { actual, scene, attending, descriptions } = state;
    attachSubscriber(state, { ...aSubscriber({ participantId: "ada" }), said: null });
    const consumer = { consumerId: "consumer", paused: false, priority: 1, spatialLayer: null };
    const there = { routerId: "router", epoch: 1, isDue: false, producers: new Map<string, boolean>() };
    const consumers = new Consumers([["bob's", consumer]]);
    actual.participants.set("ada", { ...there, consumers });
    const one = attending.get("ada");
    if (one === undefined) throw new Error("Ada is not there");
    const { subscriber, view } = one;
    const tell = () =>
      updateView(view, { subscriber, scene, there: actual.participants.get("ada"), descriptions });
    noteLayer(state, "ada", "bob's", 2);
    tell();
    assertEquals(view.layers.size, 1);
    if (end === "closed") consumers.delete("bob's");
    else actual.participants.set("ada", { ...there, consumers: new Consumers() });
    tell();
    assertEquals(view.layers.size, 0);
  });
}
