import type { Clock } from "../../actor/clock.ts";
import type { Direction, MediaTransports } from "./media_transports.ts";

/** Transports in use while others that replace them get ready. */
export interface ReplacedTransports {
  /** Whether media is still received over these. */
  readonly isReceiving: boolean;
  /** These transports, while media is still sent over them. */
  readonly sending: MediaTransports | undefined;
  /** The successor carries this direction. */
  end(direction: Direction): void;
  close(): void;
}

/** The server keeps replaced transports no longer either. */
const LONGEST_MS = 10_000;

/** Ends each direction of `former` by itself, so that media has no gap. `onReceived` is called at the end of receiving. */
export function replaceTransports(
  former: MediaTransports,
  clock: Clock,
  onReceived: () => void,
): ReplacedTransports {
  const live = new Set<Direction>(["recv", "send"]);
  const cancel = clock.set(close, LONGEST_MS);

  function end(direction: Direction): void {
    if (!live.delete(direction)) return;
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
    end,
    close,
  };
}
