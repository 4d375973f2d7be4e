import type { Layout } from "../../shared/protocol/mod.ts";
import { isOnStage } from "../layout/stage.ts";
import type { FilledSlot } from "../layout/tile.ts";
import type { Producer, Scene, Subscriber, WantedConsumer } from "./scene.ts";
import { targetLayer } from "./target_layer.ts";

/** Sound goes before pictures, and a screen, which is read, before cameras. */
const priorities = {
  microphone: 255,
  screen_audio: 250,
  screen: 200,
  pinned: 180,
  speaker: 160,
  grid: 100,
} as const;

/** The producers that a subscriber is to receive: the pictures in its slots, and the sound of all others who are audible. */
export function wantedConsumers(
  subscriber: Subscriber,
  { producers, sounds }: Pick<Scene, "producers" | "sounds">,
): Map<string, WantedConsumer> {
  const { layout, refused, ready } = subscriber;
  const wanted = new Map<string, WantedConsumer>();
  const want = ({ producerId }: Producer, priority: number, spatialLayer: number | null) => {
    if (refused.has(producerId)) return;
    wanted.set(producerId, { paused: !ready.has(producerId), priority, spatialLayer });
  };
  for (const slot of subscriber.slots) {
    const producer = slot.producerId === null ? undefined : producers.get(slot.producerId);
    if (producer === undefined) continue;
    want(producer, priorities[prominenceOf(layout, slot)], targetLayer(producer, layout, slot));
  }
  for (const producer of sounds) {
    if (producer.participantId === subscriber.participantId) continue;
    want(producer, producer.source === "microphone" ? priorities.microphone : priorities.screen_audio, null);
  }
  return wanted;
}

function prominenceOf(layout: Layout, slot: FilledSlot): "screen" | "pinned" | "speaker" | "grid" {
  if (slot.source === "screen") return "screen";
  if (layout.pinned?.includes(slot.participantId)) return "pinned";
  return layout.mode === "speaker" && isOnStage(layout, slot) ? "speaker" : "grid";
}

/** Whether a producer is to be paused at its router, whatever its sender does. */
export function isPaused({ pausedBy }: Producer): boolean {
  return pausedBy.size > 0;
}
