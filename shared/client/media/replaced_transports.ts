import type { Clock } from "../../actor/clock.ts";
import type { Direction, MediaTransports } from "./media_transports.ts";

/** Transports in use while others that replace them get ready. */
export interface ReplacedTransports {
  /** These transports, while media is still sent over them. */
  readonly sending: MediaTransports | undefined;
  /** Ends receiving as soon as the others carry it, sending a moment later. */
  endOnceCarried(direction: Direction): void;
  /** Ends a direction now. */
  end(direction: Direction): void;
  /** Answers what carries a direction until now, and ends it no more; undefined where the others carry it. */
  handOver(direction: Direction): Carrier | undefined;
  close(): void;
}

/** Transports that carry a direction, at the longest until `untilMs`. */
interface Carrier {
  readonly transports: MediaTransports;
  readonly untilMs: number;
}

interface Replacement {
  readonly former: {
    readonly transports: MediaTransports;
    /** What these were to replace: it may still carry what they have not come to carry. */
    readonly earlier: ReplacedTransports | undefined;
  };
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
  const live = new Map<Direction, Carrier & { readonly waiting: AbortController; cancel(): void }>();
  /** The newer send, too: sending over the former overlaps for a while. */
  let isSentAnew = false;
  for (const direction of ["send", "recv"] as const) {
    const now = clock.now();
    const { transports, earlier } = former;
    const carrier = earlier?.handOver(direction) ?? { transports, untilMs: now + LONGEST_MS };
    const cancel = clock.set(() => end(direction), carrier.untilMs - now);
    live.set(direction, { ...carrier, cancel, waiting: new AbortController() });
  }
  const unused = [...live].filter(([, { transports }]) => transports !== former.transports);
  if (unused.length === live.size) former.transports.close();
  else for (const [direction] of unused) former.transports.end(direction);

  function take(direction: Direction): Carrier | undefined {
    const carrier = live.get(direction);
    live.delete(direction);
    carrier?.cancel();
    carrier?.waiting.abort();
    return carrier;
  }

  function end(direction: Direction): void {
    const carrier = take(direction);
    if (carrier === undefined) return;
    const { transports } = carrier;
    const isUsed = [...live.values()].some((other) => other.transports === transports);
    if (isUsed) transports.end(direction);
    else transports.close();
    if (direction === "recv") onReceived();
  }

  return {
    get sending() {
      return live.get("send")?.transports;
    },
    endOnceCarried(direction) {
      const carrier = live.get(direction);
      if (carrier === undefined) return;
      void newer.carries(direction, carrier.waiting.signal).then(() => {
        if (direction === "recv") return end(direction);
        if (live.get(direction) !== carrier) return;
        isSentAnew = true;
        clock.set(() => end(direction), OVERLAP_MS);
      });
    },
    end,
    handOver(direction) {
      if (direction === "send" && isSentAnew) end("send");
      return take(direction);
    },
    close() {
      end("send");
      end("recv");
    },
  };
}
