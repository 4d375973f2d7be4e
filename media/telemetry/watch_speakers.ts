import type { Producer, Router } from "mediasoup/types";

/** Watches who speaks in one router. */
export interface SpeakerWatch {
  /** Listens to this audio producer too, until it is closed. */
  add(producer: Producer): void;
}

/** How often mediasoup looks, in milliseconds. */
const dominantIntervalMs = 300;
const levelIntervalMs = 600;
/** Below this average level, in dBov, it counts as silence. */
const silenceThreshold = -60;

/**
 * Starts watching: `onSpeaker` gets the producer that is the loudest over a while, or `null` when everybody is
 * silent, each time that this changes. mediasoup's dominant-speaker observer is quick to see a change, but begins with
 * anybody, knows no silence, and says nothing when the one that it has speaks up at last. So the levels decide when
 * there is silence, and who is loudest twice in a row has the word whatever the other says.
 */
export async function watchSpeakers(
  router: Router,
  onSpeaker: (producerId: string | null) => void,
): Promise<SpeakerWatch> {
  const [dominant, levels] = await Promise.all([
    router.createActiveSpeakerObserver({ interval: dominantIntervalMs }),
    router.createAudioLevelObserver({
      interval: levelIntervalMs,
      threshold: silenceThreshold,
      maxEntries: 1,
    }),
  ]);
  let current: string | null = null;
  let loudestBefore: string | null = null;
  const speaks = (producerId: string | null) => {
    if (producerId === current) return;
    current = producerId;
    onSpeaker(producerId);
  };
  dominant.on("dominantspeaker", ({ producer }) => {
    if (current !== null) speaks(producer.id);
  });
  levels.on("volumes", ([loudest]) => {
    if (loudest === undefined) return;
    const { id } = loudest.producer;
    if (current === null || id === loudestBefore) speaks(id);
    loudestBefore = id;
  });
  levels.on("silence", () => {
    loudestBefore = null;
    speaks(null);
  });
  return {
    add({ id }) {
      // A producer that was closed meanwhile can't be added; there is nothing to do about that.
      for (const observer of [dominant, levels]) observer.addProducer({ producerId: id }).catch(() => {});
    },
  };
}
