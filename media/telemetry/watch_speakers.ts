import type { Producer, Router } from "mediasoup/types";
import { MAX_LEVELS } from "../../shared/protocol/media/control.ts";

/** Detects the active speaker of one router. */
export interface SpeakerWatch {
  /** Listens to this audio producer too, until it is closed. */
  add(producer: Producer): void;
}

/** How loud a producer was, in dBov. */
export interface ProducerLevel {
  readonly producerId: string;
  readonly dbov: number;
}

/** Periods of mediasoup's observers, in milliseconds. */
const dominantIntervalMs = 300;
const levelIntervalMs = 600;
/** An average level below this one, in dBov, counts as silence. */
const silenceThreshold = -60;

/**
 * Starts the detection. `onSpeaker` gets the id of the active speaker's producer at each change, and `null` for
 * silence. mediasoup's dominant-speaker observer is quick to see a change, but it begins with any producer, knows no
 * silence, and doesn't report that its present speaker speaks again. Therefore the audio levels decide on silence, and
 * a producer that is the loudest twice in a row becomes the active speaker.
 */
export async function watchSpeakers(
  router: Router,
  onSpeaker: (producerId: string | null) => void,
  onLevels: (levels: readonly ProducerLevel[]) => void,
): Promise<SpeakerWatch> {
  const [dominant, levels] = await Promise.all([
    router.createActiveSpeakerObserver({ interval: dominantIntervalMs }),
    router.createAudioLevelObserver({
      interval: levelIntervalMs,
      threshold: silenceThreshold,
      maxEntries: MAX_LEVELS,
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
  const heard = new Map<string, number>();
  let isSecond = false;
  levels.on("volumes", (volumes) => {
    for (const { producer: { id }, volume } of volumes) {
      heard.set(id, Math.max(volume, heard.get(id) ?? volume));
    }
    // Every second round tells the highest levels of both.
    if (isSecond) {
      onLevels([...heard].map(([producerId, dbov]) => ({ producerId, dbov })));
      heard.clear();
    }
    isSecond = !isSecond;
    const [loudest] = volumes;
    if (loudest === undefined) return;
    const { id } = loudest.producer;
    if (current === null || id === loudestBefore) speaks(id);
    loudestBefore = id;
  });
  levels.on("silence", () => {
    loudestBefore = null;
    heard.clear();
    isSecond = false;
    onLevels([]);
    speaks(null);
  });
  return {
    add({ id }) {
      // An observer refuses a producer that was closed meanwhile, and nothing is lost by that.
      for (const observer of [dominant, levels]) observer.addProducer({ producerId: id }).catch(() => {});
    },
  };
}
