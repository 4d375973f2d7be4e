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

type Sources = Pick<Scene, "producers" | "sounds">;

/** The producers that a subscriber is to receive: the pictures in its slots, and the sound of all others who are audible. */
export function wantedConsumers(subscriber: Subscriber, sources: Sources): Map<string, WantedConsumer> {
  const wanted = new Map<string, WantedConsumer>();
  for (const slot of subscriber.slots) {
    const want = wantedPicture(subscriber, slot, sources);
    if (want !== undefined && slot.producerId !== null) wanted.set(slot.producerId, want);
  }
  for (const producer of sources.sounds) {
    const want = wantedSound(subscriber, producer);
    if (want !== undefined) wanted.set(producer.producerId, want);
  }
  return wanted;
}

/** How a subscriber is to receive one producer; undefined where it isn't. */
export function wantedConsumer(
  subscriber: Subscriber,
  sources: Sources,
  producerId: string,
): WantedConsumer | undefined {
  const slot = subscriber.slots.findLast((one) => one.producerId === producerId);
  if (slot !== undefined) return wantedPicture(subscriber, slot, sources);
  const producer = sources.sounds.find((one) => one.producerId === producerId);
  return producer === undefined ? undefined : wantedSound(subscriber, producer);
}

function wantedPicture(
  { layout, refused, ready }: Subscriber,
  slot: FilledSlot,
  { producers }: Sources,
): WantedConsumer | undefined {
  const { producerId } = slot;
  const producer = producerId === null ? undefined : producers.get(producerId);
  if (producer === undefined || refused.has(producer.producerId)) return undefined;
  return {
    paused: !ready.has(producer.producerId),
    priority: priorities[prominenceOf(layout, slot)],
    spatialLayer: targetLayer(producer, layout, slot),
  };
}

function wantedSound(
  { participantId, refused, ready }: Subscriber,
  { producerId, participantId: senderId, source }: Producer,
): WantedConsumer | undefined {
  if (senderId === participantId || refused.has(producerId)) return undefined;
  const priority = source === "microphone" ? priorities.microphone : priorities.screen_audio;
  return { paused: !ready.has(producerId), priority, spatialLayer: null };
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
