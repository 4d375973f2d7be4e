import { assertEquals } from "@std/assert";
import { differences } from "./compare.ts";
import type { FakeHandler } from "./fake_handler.ts";
import { RoutingWorld } from "./routing_world.ts";

/** Ada and Bob on the first handler and Eve, by her region, on the second, all with microphones and with no difference left. */
export async function threePeople(): Promise<RoutingWorld> {
  const world = new RoutingWorld(3, 16, 2);
  await world.kit.settle();
  for (const [id, region] of [["ada", null], ["bob", null], ["eve", "region of mh-2"]] as const) {
    await world.join(id, { mode: "grid", slots: 4 }, false, region);
    await world.produce(id, "microphone");
  }
  await world.quiet();
  assertEquals(differences(world), []);
  return world;
}

export function handlerAt(world: RoutingWorld, index: number): FakeHandler {
  return world.handlers[index] ?? world.handler;
}

/** Who has media on each handler. */
export function peopleOn({ handlers }: RoutingWorld): string[][] {
  return handlers.map(({ participants }) => [...participants.keys()].sort());
}

/** The reasons for which a client was given other transports. */
export function moves(world: RoutingWorld, id: string): string[] {
  const frames = (world.people.get(id)?.client.writes ?? []).flat().map((text) => JSON.parse(text));
  return frames.filter(({ type }) => type === "media.moved").map(({ data }) => data.reason);
}
