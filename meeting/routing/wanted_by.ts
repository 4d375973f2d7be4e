import { changedProducers } from "./changed_producers.ts";
import type { Scene, Subscriber, WantedConsumer } from "./scene.ts";
import { wantedConsumer, wantedConsumers } from "./wanted.ts";

type WantedScene = Pick<Scene, "producers" | "sounds" | "wants">;

/**
 * The same as `wantedConsumers`, computed anew only after something that it depends on was replaced: a turn asks for it
 * several times for each participant whom a change concerns. Where only slots or sounds were replaced, it takes time in
 * proportion to those that are others. The answer is the scene's own: it is brought up to date in place.
 */
export function wantedBy(subscriber: Subscriber, scene: WantedScene): ReadonlyMap<string, WantedConsumer> {
  const { layout, slots, ready, refused } = subscriber;
  const { producers, sounds } = scene;
  const before = scene.wants.get(subscriber);
  const isSame = before !== undefined && before.layout === layout && before.ready === ready &&
    before.refused === refused && before.producers === producers;
  if (isSame && before.slots === slots && before.sounds === sounds) return before.consumers;
  const consumers = isSame ? before.consumers : wantedConsumers(subscriber, scene);
  if (isSame) {
    update(consumers, subscriber, scene, changedProducers(before.slots, slots));
    update(consumers, subscriber, scene, changedProducers(before.sounds, sounds));
  }
  scene.wants.set(subscriber, { layout, slots, ready, refused, producers, sounds, consumers });
  return consumers;
}

function update(
  consumers: Map<string, WantedConsumer>,
  subscriber: Subscriber,
  scene: WantedScene,
  changed: ReadonlySet<string>,
): void {
  for (const producerId of changed) {
    const want = wantedConsumer(subscriber, scene, producerId);
    if (want === undefined) consumers.delete(producerId);
    else consumers.set(producerId, want);
  }
}
