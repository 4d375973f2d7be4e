import type { Capture } from "../../../global/web/local_tracks.ts";

/** A track of a fake device: live until it is stopped by its owner, or ended by its device. */
export class FakeTrack extends EventTarget implements MediaStreamTrack {
  readonly id = crypto.randomUUID();
  readonly label = "";
  muted = false;
  readonly onmute = null;
  readonly onunmute = null;
  readonly onended = null;
  contentHint = "";
  enabled = true;
  readyState: MediaStreamTrackState = "live";

  constructor(readonly kind: "audio" | "video") {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** The device is unplugged, or the share stopped in the browser's own bar. */
  lose(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }

  /** The system takes the device away, or gives it back. */
  withhold(isWithheld: boolean): void {
    this.muted = isWithheld;
    this.dispatchEvent(new Event(isWithheld ? "mute" : "unmute"));
  }

  applyConstraints(): Promise<void> {
    return Promise.resolve();
  }
  clone(): MediaStreamTrack {
    return new FakeTrack(this.kind);
  }
  getCapabilities(): MediaTrackCapabilities {
    return {};
  }
  getConstraints(): MediaTrackConstraints {
    return {};
  }
  getSettings(): MediaTrackSettings {
    return {};
  }
}

/** An open prompt or chooser. */
export interface Prompt {
  /** What was asked for. */
  readonly wanted: MediaStreamConstraints;
  /** Gives the tracks; their owner has heard of them when this resolves. */
  allow(...kinds: ("audio" | "video")[]): Promise<FakeTrack[]>;
  refuse(cause: unknown): Promise<void>;
}

type Media = EventTarget & Capture & Pick<MediaDevices, "enumerateDevices">;

/** Devices whose prompts are answered by the test. */
export function fakeCapture() {
  const prompts: Prompt[] = [];
  function ask(wanted: MediaStreamConstraints) {
    const { promise, resolve, reject } = Promise.withResolvers<{ getTracks(): MediaStreamTrack[] }>();
    const asked = (["audio", "video"] as const).filter((kind) => wanted[kind]);
    prompts.push({
      wanted,
      async allow(...kinds) {
        const tracks = (kinds.length > 0 ? kinds : asked).map((kind) => new FakeTrack(kind));
        resolve({ getTracks: () => tracks });
        await promise;
        return tracks;
      },
      async refuse(cause) {
        reject(cause);
        await promise.catch(() => {});
      },
    });
    return promise;
  }
  const media: Media = Object.assign(new EventTarget(), {
    getUserMedia: ask,
    getDisplayMedia: ask,
    getSupportedConstraints: () => ({}),
    enumerateDevices: () => Promise.resolve([]),
  });
  return {
    media,
    prompts,
    /** The one that was opened after so many others. */
    prompt(index: number): Prompt {
      const prompt = prompts[index];
      if (!prompt) throw new Error(`prompt ${index} was not opened`);
      return prompt;
    },
  };
}
