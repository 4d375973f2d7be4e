import type { Producer, Router } from "mediasoup/types";

/** Watches who speaks in one router. */
export interface SpeakerWatch {
  /** Listens to this audio producer too, until it is closed. */
  add(producer: Producer): void;
}

/** How often mediasoup looks, in milliseconds. */
const dominantIntervalMs = 300;
const silenceIntervalMs = 1_000;
/** Below this average level, in dBov, it counts as silence. */
const silenceThreshold = -60;

/**
 * Starts watching: `onSpeaker` gets the producer that is the loudest over a while, or `null` when everybody is
 * silent, each time that this changes. The dominant-speaker observer knows no silence, and says nothing when the
 * same one goes on after it; hence the second observer.
 */
export async function watchSpeakers(
  router: Router,
  onSpeaker: (producerId: string | null) => void,
): Promise<SpeakerWatch> {
  const [dominant, levels] = await Promise.all([
    router.createActiveSpeakerObserver({ interval: dominantIntervalMs }),
    router.createAudioLevelObserver({
      interval: silenceIntervalMs,
      threshold: silenceThreshold,
      maxEntries: 1,
    }),
  ]);
  let current: string | null = null;
  const speaks = (producerId: string | null) => {
    if (producerId === current) return;
    current = producerId;
    onSpeaker(producerId);
  };
  dominant.on("dominantspeaker", ({ producer }) => speaks(producer.id));
  levels.on("volumes", ([loudest]) => {
    if (current === null && loudest !== undefined) speaks(loudest.producer.id);
  });
  levels.on("silence", () => speaks(null));
  return {
    add({ id }) {
      // A producer that was closed meanwhile can't be added; there is nothing to do about that.
      for (const observer of [dominant, levels]) observer.addProducer({ producerId: id }).catch(() => {});
    },
  };
}
