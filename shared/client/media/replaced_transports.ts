import type { Clock } from "../../actor/clock.ts";
import type { Direction, MediaTransports } from "./media_transports.ts";

/** Transports in use while others that replace them get ready. */
export interface ReplacedTransports {
  /** Whether media is still received over these. */
  readonly isReceiving: boolean;
  /** These transports, while media is still sent over them. */
  readonly sending: MediaTransports | undefined;
  /** Ends receiving as soon as the others carry it, sending a moment later. */
  endOnceCarried(direction: Direction): void;
  /** Ends a direction now. */
  end(direction: Direction): void;
  close(): void;
}

interface Replacement {
  readonly former: MediaTransports;
  readonly newer: MediaTransports;
  readonly clock: Clock;
  /** Called at the end of receiving over the former. */
  readonly onReceived: () => void;
}

/** The server keeps replaced transports no longer either. */
const LONGEST_MS = 10_000;
/** The others see what is sent over the former until they have set up what is sent over the newer. */
const OVERLAP_MS = 2_000;

/** Ends each direction of the former transports by itself, so that media has no gap. */
export function replaceTransports({ former, newer, clock, onReceived }: Replacement): ReplacedTransports {
  /** The directions of the former, each with what ends the waiting for the newer. */
  const live = new Map<Direction, AbortController>([
    ["recv", new AbortController()],
    ["send", new AbortController()],
  ]);
  const cancel = clock.set(close, LONGEST_MS);

  function end(direction: Direction): void {
    const waiting = live.get(direction);
    if (waiting === undefined) return;
    live.delete(direction);
    waiting.abort();
    if (live.size === 0) {
      cancel();
      former.close();
    } else former.end(direction);
    if (direction === "recv") onReceived();
  }

  function close(): void {
    end("send");
    end("recv");
  }

  return {
    get isReceiving() {
      return live.has("recv");
    },
    get sending() {
      return live.has("send") ? former : undefined;
    },
    endOnceCarried(direction) {
      const waiting = live.get(direction);
      if (waiting === undefined) return;
      void newer.carries(direction, waiting.signal).then(() => {
        if (direction === "recv") end(direction);
        else if (live.has(direction)) clock.set(() => end(direction), OVERLAP_MS);
      });
    },
    end,
    close,
  };
}
