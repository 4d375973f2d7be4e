import type { Scene, Subscriber, WantedConsumer } from "./scene.ts";
import { wantedConsumers } from "./wanted.ts";

/**
 * The same as `wantedConsumers`, computed anew only after something that it depends on was replaced: a turn asks for it
 * several times for each participant whom a change concerns.
 */
export function wantedBy(
  subscriber: Subscriber,
  scene: Pick<Scene, "producers" | "sounds" | "wants">,
): ReadonlyMap<string, WantedConsumer> {
  const { layout, slots, ready, refused } = subscriber;
  const from = [layout, slots, ready, refused, scene.producers, scene.sounds];
  const before = scene.wants.get(subscriber);
  if (before?.from.every((one, index) => one === from[index])) return before.consumers;
  const consumers = wantedConsumers(subscriber, scene);
  scene.wants.set(subscriber, { from, consumers });
  return consumers;
}
