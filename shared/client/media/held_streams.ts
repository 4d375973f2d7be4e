import type { RemoteStream } from "../session_state.ts";

/** Streams of which nothing has come yet, while an older stream of the same source plays. */
export interface HeldStreams {
  /** Answers those that are to be shown now. Each of the others is shown once its first packets have come. */
  hold(streams: readonly RemoteStream[], shown: Iterable<RemoteStream>): RemoteStream[];
  /** These will not be shown. */
  drop(consumerIds: Iterable<string>): void;
  /** None but these will be shown. */
  keep(consumerIds: ReadonlySet<string>): void;
  clear(): void;
}

/** Whoever is moved sends anew: what they sent before is shown until the newer carries something, so that no tile blinks. */
export function createHeldStreams(show: (stream: RemoteStream) => void): HeldStreams {
  const held = new Map<string, AbortController>();

  function drop(consumerIds: Iterable<string>): void {
    for (const id of consumerIds) {
      held.get(id)?.abort();
      held.delete(id);
    }
  }

  return {
    hold(streams, shown) {
      const playing = [...shown].filter(({ track }) => !track.muted);
      return streams.filter((stream) => {
        const { consumerId, track } = stream;
        if (!track.muted || !playing.some((one) => isOfOneSource(one, stream))) return true;
        const waiting = new AbortController();
        held.set(consumerId, waiting);
        track.addEventListener("unmute", () => {
          held.delete(consumerId);
          show(stream);
        }, { once: true, signal: waiting.signal });
        return false;
      });
    },
    drop,
    keep: (consumerIds) => drop([...held.keys()].filter((id) => !consumerIds.has(id))),
    clear: () => drop([...held.keys()]),
  };
}

function isOfOneSource(one: RemoteStream, other: RemoteStream): boolean {
  return one.participantId === other.participantId && one.source === other.source;
}
