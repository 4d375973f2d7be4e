import type { RemoteStream, SessionState } from "../session_state.ts";
import type { Store } from "../store.ts";
import { createHeldStreams } from "./held_streams.ts";

/** Which of the received streams are shown, in `state.streams`. */
export interface RemoteStreams {
  /** These are received over the newest transports. */
  add(streams: readonly RemoteStream[]): void;
  /** These end. The state loses those of them that are shown as it hears of it. */
  drop(consumerIds: readonly string[]): void;
  /** All of the newest transports' streams but these have ended. */
  keep(consumerIds: ReadonlySet<string>): void;
  /** The newest transports replace others. What is received over these is shown until `showGathered`. */
  gather(): void;
  /** The newest transports' streams take the place of all that are shown, at once. */
  showGathered(): void;
  /** What waits for its first packets will not be shown. */
  clear(): void;
}

/** Shows each received stream as soon as it can take the place of what is shown before it, so that no tile blinks. */
export function createRemoteStreams(state: Store<SessionState>): RemoteStreams {
  /** The streams of the newest transports while those of the former are shown; undefined otherwise. */
  let gathered: Map<string, RemoteStream> | undefined;
  const held = createHeldStreams((stream) => show([stream]));

  function show(streams: readonly RemoteStream[]): void {
    const added = streams.map((stream): [string, RemoteStream] => [stream.consumerId, stream]);
    state.update((before) => ({ ...before, streams: new Map([...before.streams, ...added]) }));
  }

  return {
    add(streams) {
      if (gathered === undefined) return show(held.hold(streams, state.get().streams.values()));
      for (const stream of streams) gathered.set(stream.consumerId, stream);
    },
    drop(consumerIds) {
      for (const id of consumerIds) gathered?.delete(id);
      held.drop(consumerIds);
    },
    keep(consumerIds) {
      held.keep(consumerIds);
      if (gathered !== undefined) gathered = only(gathered, consumerIds);
      else state.update((before) => ({ ...before, streams: only(before.streams, consumerIds) }));
    },
    gather() {
      held.clear();
      gathered = new Map();
    },
    showGathered() {
      if (gathered === undefined) return;
      const streams = gathered;
      gathered = undefined;
      state.update((before) => ({ ...before, streams }));
    },
    clear: held.clear,
  };
}

function only(
  streams: ReadonlyMap<string, RemoteStream>,
  consumerIds: ReadonlySet<string>,
): Map<string, RemoteStream> {
  return new Map([...streams].filter(([consumerId]) => consumerIds.has(consumerId)));
}
