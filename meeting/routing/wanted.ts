import type { Producer, Scene, Subscriber } from "./scene.ts";

/** How a subscriber is to receive one producer. */
export interface WantedConsumer {
  /** True until the client has set the consumer up. */
  readonly paused: boolean;
  /** When bandwidth is short, the higher one keeps its layers. */
  readonly priority: number;
}

/** Sound goes before pictures, and a screen, which is read, before cameras. */
const priorities = { microphone: 255, screen_audio: 250, screen: 200, camera: 100 } as const;

/** The producers that a subscriber is to receive: the pictures in its slots, and the sound of all other participants. */
export function wantedConsumers(
  subscriber: Subscriber,
  { producers }: Pick<Scene, "producers">,
): Map<string, WantedConsumer> {
  const wanted = new Map<string, WantedConsumer>();
  const want = (producer: Producer | undefined) => {
    if (producer === undefined || subscriber.refused.has(producer.producerId)) return;
    const { producerId, source } = producer;
    wanted.set(producerId, { paused: !subscriber.ready.has(producerId), priority: priorities[source] });
  };
  for (const { producerId } of subscriber.slots) {
    if (producerId !== null) want(producers.get(producerId));
  }
  for (const producer of producers.values()) {
    if (producer.kind === "audio" && producer.participantId !== subscriber.participantId) want(producer);
  }
  return wanted;
}

/** Whether a producer is to be paused at its router, whatever its sender does. */
export function isPaused({ pausedBy }: Producer): boolean {
  return pausedBy.size > 0;
}
