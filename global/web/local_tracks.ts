import { type Clock, systemClock } from "../../shared/actor/clock.ts";
import { createStore, type Store } from "../../shared/client/store.ts";
import type { MediaSource } from "../../shared/protocol/signaling.ts";

export type DeviceKind = "camera" | "microphone";

export interface CaptureState {
  /** The live track of each source. */
  live: ReadonlyMap<MediaSource, MediaStreamTrack>;
  /** Sources whose prompt or chooser is open. */
  asked: ReadonlySet<MediaSource>;
  /**
   * Sources that ended by themselves: a device was unplugged, or a share was stopped in the browser's own bar. Until they
   * are open again or switched off: one that is asked for in vain stays lost.
   */
  lost: ReadonlySet<MediaSource>;
  /** The live camera gives no picture: a call, another program or a phone's system has taken it away for now. */
  isCameraWithheld: boolean;
}

/** How a prompt or a chooser was answered; `unwanted`: nobody waited for the answer any more. */
export type CaptureAnswer =
  | { kind: "opened" }
  | { kind: "unwanted" }
  /** `wanted` are the sources that somebody still waits for. */
  | { kind: "failed"; wanted: readonly MediaSource[]; cause: unknown };

/**
 * The owner of every local track of one visit. It alone calls `getUserMedia` and `getDisplayMedia`. A track that arrives
 * after its source was switched off, was asked for anew, or after `close`, is stopped at once and handed to nobody.
 */
export interface LocalTracks {
  state: Store<CaptureState>;
  /** Asks for one device or for both in one prompt. */
  openDevices(wanted: ReadonlyMap<DeviceKind, MediaTrackConstraints>): Promise<CaptureAnswer>;
  /** Asks to be allowed devices alone: nothing is opened for longer than that takes. Answers why it wasn't allowed. */
  allow(kinds: readonly DeviceKind[]): Promise<{ cause: unknown } | undefined>;
  /** Asks for a screen, and for its sound where the browser offers it. */
  openScreen(): Promise<CaptureAnswer>;
  /** Stops a source's track, also the one that an open prompt may still bring. A screen takes its sound along. */
  stop(source: MediaSource): void;
  /** Stops every track; from now on nothing opens. */
  close(): void;
  isClosed(): boolean;
}

/** A busy computer's camera may give no picture for a moment. */
const WITHHELD_MS = 2_000;

/** What captures: `navigator.mediaDevices`. */
export interface Capture {
  getSupportedConstraints(): object;
  getUserMedia(constraints: MediaStreamConstraints): Promise<Pick<MediaStream, "getTracks">>;
  getDisplayMedia(options: DisplayMediaStreamOptions): Promise<Pick<MediaStream, "getTracks">>;
}

export function createLocalTracks(capture: Capture, clock: Clock = systemClock()): LocalTracks {
  const live = new Map<MediaSource, MediaStreamTrack>();
  /** The newest request of each source that is still unanswered. */
  const requests = new Map<MediaSource, symbol>();
  const lost = new Set<MediaSource>();
  /** The camera's track whose picture is withheld. */
  let withheld: MediaStreamTrack | undefined;
  let stopWaiting = () => {};
  const state = createStore<CaptureState>({
    live: new Map(),
    asked: new Set(),
    lost: new Set(),
    isCameraWithheld: false,
  });
  let closed = false;

  function show(): void {
    state.set({
      live: new Map(live),
      asked: new Set(requests.keys()),
      lost: new Set(lost),
      isCameraWithheld: withheld !== undefined,
    });
  }

  /** A browser mutes the track of a device that gives nothing (W3C Media Capture and Streams, §4.3.1). */
  function followCamera(track: MediaStreamTrack): void {
    function follow(): void {
      if (live.get("camera") !== track) return;
      stopWaiting();
      if (track.muted) stopWaiting = clock.set(() => setWithheld(track), WITHHELD_MS);
      else setWithheld(undefined);
    }
    function setWithheld(next: MediaStreamTrack | undefined): void {
      if (withheld === next) return;
      withheld = next;
      show();
    }
    track.addEventListener("mute", follow);
    track.addEventListener("unmute", follow);
    follow();
  }

  function drop(source: MediaSource): void {
    if (source === "camera") {
      stopWaiting();
      withheld = undefined;
    }
    live.get(source)?.stop();
    live.delete(source);
    if (source === "screen") drop("screen_audio");
  }

  function take(source: MediaSource, track: MediaStreamTrack): void {
    // Its device may have gone before it arrived.
    if (track.readyState === "ended") return void lost.add(source);
    live.set(source, track);
    if (source === "camera") followCamera(track);
    track.addEventListener("ended", () => {
      if (live.get(source) !== track) return;
      drop(source);
      lost.add(source);
      show();
    });
  }

  async function open(
    sources: Partial<Record<"video" | "audio", MediaSource>>,
    ask: () => Promise<Pick<MediaStream, "getTracks">>,
  ): Promise<CaptureAnswer> {
    if (closed) return { kind: "unwanted" };
    const asked = Object.values(sources);
    const request = Symbol();
    for (const source of asked) requests.set(source, request);
    const wanted = () => asked.filter((source) => requests.get(source) === request);
    function settle(): void {
      for (const source of wanted()) requests.delete(source);
      show();
    }
    show();
    try {
      const tracks = (await ask()).getTracks();
      const stillWanted = wanted();
      for (const source of stillWanted) {
        drop(source);
        lost.delete(source);
      }
      for (const track of tracks) {
        const source = sources[track.kind === "video" ? "video" : "audio"];
        if (source && stillWanted.includes(source)) take(source, track);
        else track.stop();
      }
      settle();
      return { kind: stillWanted.length > 0 ? "opened" : "unwanted" };
    } catch (cause) {
      const stillWanted = wanted();
      settle();
      return stillWanted.length > 0 ? { kind: "failed", wanted: stillWanted, cause } : { kind: "unwanted" };
    }
  }

  function forget(source: MediaSource): void {
    requests.delete(source);
    lost.delete(source);
    if (source === "screen") forget("screen_audio");
  }

  return {
    state,
    openDevices(wanted) {
      const video = wanted.get("camera");
      const audio = wanted.get("microphone");
      return open(
        { ...(video ? { video: "camera" } : {}), ...(audio ? { audio: "microphone" } : {}) },
        () => capture.getUserMedia({ ...(video ? { video } : {}), ...(audio ? { audio } : {}) }),
      );
    },
    async allow(kinds) {
      try {
        const wanted = { video: kinds.includes("camera"), audio: kinds.includes("microphone") };
        for (const track of (await capture.getUserMedia(wanted)).getTracks()) track.stop();
        return undefined;
      } catch (cause) {
        return { cause };
      }
    },
    openScreen: () =>
      open({ video: "screen", audio: "screen_audio" }, () =>
        capture.getDisplayMedia({
          video: { frameRate: { ideal: 15, max: 30 } },
          ...soundOf(capture),
        })),
    stop(source) {
      forget(source);
      drop(source);
      show();
    },
    close() {
      closed = true;
      requests.clear();
      for (const source of [...live.keys()]) drop(source);
      show();
    },
    isClosed: () => closed,
  };
}

/**
 * Whoever shares all that their computer plays would send everybody's own voices back to them. Where the browser can't
 * leave out what this page plays, it offers the sound of a tab alone. Both are of W3C Screen Capture.
 */
function soundOf(capture: Capture): DisplayMediaStreamOptions & { systemAudio?: "exclude" } {
  const withoutOwn: MediaTrackConstraints & { restrictOwnAudio: boolean } = { restrictOwnAudio: true };
  return "restrictOwnAudio" in capture.getSupportedConstraints()
    ? { audio: withoutOwn }
    : { audio: true, systemAudio: "exclude" };
}
