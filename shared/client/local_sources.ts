import type { MediaSource } from "../protocol/signaling.ts";
import type { MediaTransports } from "./media/media_transports.ts";
import { type LocalSource, maySend, type SessionState } from "./session_state.ts";
import type { Store } from "./store.ts";

/** Switches what this participant sends. */
export interface SourceSwitches {
  /** Starts sending a source, or changes the device that it comes from. */
  publish(source: MediaSource, track: MediaStreamTrack): void;
  setPaused(source: MediaSource, paused: boolean): void;
  unpublish(source: MediaSource): void;
}

export interface LocalSources extends SourceSwitches {
  /** The server pauses the first producer of these, whatever we say. Answers what was on. */
  startMuted(sources: readonly MediaSource[]): MediaSource[];
  /** Starts sending all sources over fresh transports. */
  sendOver(opened: MediaTransports): void;
  /** What we may no longer send is off here, too, so that it stays off when it is permitted again. Answers what was on. */
  stopForbidden(): MediaSource[];
  /** The server has closed what we send. Going on would be sent to nobody. */
  stopAll(): void;
}

interface Options {
  readonly state: Store<SessionState>;
  /** The transports in use. */
  readonly transports: () => MediaTransports | undefined;
  /** Those that they replace, while these still send. */
  readonly former: () => MediaTransports | undefined;
}

/** Has the transports send what `state.local` says. */
export function createLocalSources({ state, transports, former }: Options): LocalSources {
  const startingMuted = new Set<MediaSource>();

  /** A source that the newer ones don't send yet is sent by the former: what is switched is switched on both. */
  function outlets(): MediaTransports[] {
    return [transports(), former()].filter((one) => one !== undefined);
  }

  function set(source: MediaSource, track: MediaStreamTrack, paused: boolean): void {
    state.update((before) => ({ ...before, local: new Map(before.local).set(source, { track, paused }) }));
  }

  function forget(source: MediaSource): void {
    state.update((before) => {
      const local = new Map(before.local);
      local.delete(source);
      return { ...before, local };
    });
  }

  /** Sends over transports what these don't send yet. One that the server pauses at first is switched on right after it. */
  function send(over: MediaTransports, source: MediaSource, { track, paused }: LocalSource): void {
    const isPausedThere = startingMuted.delete(source);
    over.send(source, track, isPausedThere || paused);
    if (isPausedThere && !paused) over.setPaused(source, false);
  }

  function say(notice: string): void {
    state.update((before) => ({ ...before, notice }));
  }

  function setPaused(source: MediaSource, paused: boolean): void {
    const before = state.get().local.get(source);
    if (!before || before.paused === paused) return;
    if (!paused && !maySend(state.get(), source)) {
      return say("A host has switched this off. You can ask to be heard by raising your hand.");
    }
    set(source, before.track, paused);
    for (const outlet of outlets()) outlet.setPaused(source, paused);
  }

  function unpublish(source: MediaSource): void {
    forget(source);
    for (const outlet of outlets()) outlet.stop(source);
  }

  return {
    publish(source, track) {
      if (state.get().phase === "ended") return;
      const before = state.get().local.get(source);
      // The server pauses what a host forbade while the device opened.
      const paused = before?.paused ?? !maySend(state.get(), source);
      set(source, track, paused);
      if (before) {
        for (const outlet of outlets()) outlet.replaceTrack(source, track);
        return;
      }
      const over = transports();
      if (over) send(over, source, { track, paused });
    },
    setPaused,
    unpublish,
    startMuted(sources) {
      return sources.filter((source) => {
        const before = state.get().local.get(source);
        if (before) setPaused(source, true);
        else startingMuted.add(source);
        return before?.paused === false;
      });
    },
    sendOver(opened) {
      for (const [source, local] of state.get().local) {
        // A camera that was switched off has ended its track; it is published anew when switched on.
        if (local.track.readyState === "ended") forget(source);
        else send(opened, source, local);
      }
    },
    stopForbidden() {
      return [...state.get().local].flatMap(([source, { paused }]) => {
        if (maySend(state.get(), source)) return [];
        if (source === "microphone" || source === "camera") setPaused(source, true);
        else unpublish(source);
        return paused ? [] : [source];
      });
    },
    stopAll() {
      for (const source of state.get().local.keys()) unpublish(source);
      say(
        "What you sent was stopped: it took more bandwidth than this meeting allows. You can switch it on again.",
      );
    },
  };
}
