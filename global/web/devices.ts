import type { Clock } from "../../shared/actor/clock.ts";
import { createStore, type Store } from "../../shared/client/store.ts";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import { type DeviceFailure, deviceProblem, disconnection, reasonOf, WITHHELD } from "./device_problem.ts";
import { keep, kept } from "./kept_values.ts";
import { type Capture, createLocalTracks, type DeviceKind, type LocalTracks } from "./local_tracks.ts";

export interface DeviceState {
  /** A live track, or undefined while it is off or couldn't be opened. */
  camera?: MediaStreamTrack;
  microphone?: MediaStreamTrack;
  cameras: readonly MediaDeviceInfo[];
  microphones: readonly MediaDeviceInfo[];
  loudspeakers: readonly MediaDeviceInfo[];
  /** Kinds of which there are some, which the browser names only to a page that may use them. */
  unnamed: readonly DeviceKind[];
  /** The ids of those that were chosen, now or at an earlier visit. */
  chosen: Readonly<Partial<Record<ChosenKind, string>>>;
  /** Why something couldn't be opened, in words. */
  problem?: string;
  /** That something was disconnected or is withheld, in words, until it is open again or switched off. */
  loss?: string;
  /** Those whose prompt is open. */
  opening: ReadonlySet<MediaSource>;
}

/** What somebody may choose one of. */
export type ChosenKind = DeviceKind | "loudspeaker";

/** The camera, the microphone and the loudspeaker of this computer. */
export interface Devices {
  state: Store<DeviceState>;
  /** The owner of the tracks, which has the screen's too. */
  tracks: LocalTracks;
  /** All at once, so that the browser asks once. Never fails: what can't be opened is said in `problem`. */
  openSome(wanted: Readonly<Record<DeviceKind, boolean>>): Promise<void>;
  /** Opens one, a certain one if `deviceId` says so; answers in words why it couldn't be opened. */
  open(kind: DeviceKind, deviceId?: string): Promise<string | undefined>;
  /** Asks for the names of those that are `unnamed`, and opens nothing; answers in words why it wasn't allowed. */
  allow(): Promise<string | undefined>;
  /** Has the next opening take a certain one; the loudspeaker is changed at once. */
  choose(kind: ChosenKind, deviceId: string): void;
  /** Switches one off, also one whose prompt is still open. */
  close(kind: DeviceKind): void;
  /** Stops all that is captured, the screen included, for good. */
  closeAll(): void;
}

const kinds = ["microphone", "camera"] as const;

const constraints: Record<DeviceKind, MediaTrackConstraints> = {
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

function chosenBefore(): DeviceState["chosen"] {
  return Object.fromEntries([...kinds, "loudspeaker" as const].flatMap((kind) => {
    const deviceId = kept(`dt-${kind}`);
    return deviceId ? [[kind, deviceId]] : [];
  }));
}

const INSECURE = "Browsers give camera and microphone only to pages opened over https or on localhost.";

const noCapture: Capture = {
  getSupportedConstraints: () => ({}),
  getUserMedia: () => Promise.reject(new Error(INSECURE)),
  getDisplayMedia: () => Promise.reject(new Error(INSECURE)),
};

type Media = Capture & Pick<MediaDevices, "enumerateDevices" | "addEventListener" | "removeEventListener">;

/** `media` is undefined in a page that was opened over http. */
export function createDevices(media: Media | undefined, clock?: Clock): Devices {
  const tracks = createLocalTracks(media ?? noCapture, clock);
  const state = createStore<DeviceState>({
    cameras: [],
    microphones: [],
    loudspeakers: [],
    unnamed: [],
    chosen: chosenBefore(),
    opening: new Set(),
  });
  let problem: string | undefined;
  /** Of those that were disconnected, the ones that were plugged in again. */
  const back = new Set<DeviceKind>();

  function show(): void {
    const { live, asked, lost, isCameraWithheld } = tracks.state.get();
    const [camera, microphone] = [live.get("camera"), live.get("microphone")];
    for (const kind of kinds) if (!lost.has(kind)) back.delete(kind);
    const loss = disconnection(kinds.filter((kind) => lost.has(kind)), back) ??
      (isCameraWithheld ? WITHHELD : undefined);
    state.update(({ cameras, microphones, loudspeakers, unnamed, chosen }) => ({
      ...(camera ? { camera } : {}),
      ...(microphone ? { microphone } : {}),
      cameras,
      microphones,
      loudspeakers,
      unnamed,
      chosen,
      ...(problem ? { problem } : {}),
      ...(loss ? { loss } : {}),
      opening: asked,
    }));
  }
  tracks.state.subscribe(show);

  async function list(): Promise<void> {
    if (!media) return;
    const all = await media.enumerateDevices();
    const named = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind && device.deviceId);
    const inputs = { camera: "videoinput", microphone: "audioinput" } as const;
    const found = { camera: named(inputs.camera), microphone: named(inputs.microphone) };
    const { cameras, microphones } = state.get();
    const before = { camera: cameras.length, microphone: microphones.length };
    for (const kind of kinds) {
      if (found[kind].length < before[kind]) back.delete(kind);
      if (found[kind].length > before[kind] && tracks.state.get().lost.has(kind)) back.add(kind);
    }
    state.update((before) => ({
      ...before,
      cameras: found.camera,
      microphones: found.microphone,
      loudspeakers: named("audiooutput"),
      unnamed: kinds.filter((of) => found[of].length === 0 && all.some(({ kind }) => kind === inputs[of])),
    }));
    show();
  }

  function choose(kind: ChosenKind, deviceId: string): void {
    keep(`dt-${kind}`, deviceId);
    state.update((before) => ({ ...before, chosen: { ...before.chosen, [kind]: deviceId } }));
  }

  /** A wish alone (`ideal`) is not what every browser goes by. */
  function constraintsFor(kind: DeviceKind): MediaTrackConstraints {
    const deviceId = state.get().chosen[kind];
    return deviceId === undefined
      ? constraints[kind]
      : { ...constraints[kind], deviceId: { exact: deviceId } };
  }

  /**
   * Opens the chosen ones, or any. Answers why some of them couldn't be opened; undefined when nobody waited for them any
   * more.
   */
  async function ask(wanted: readonly DeviceKind[], any = false): Promise<DeviceFailure[] | undefined> {
    const answer = await tracks.openDevices(
      new Map(wanted.map((kind) => [kind, any ? constraints[kind] : constraintsFor(kind)])),
    );
    if (answer.kind === "unwanted") return undefined;
    if (answer.kind === "opened") return [];
    const failed = kinds.filter((kind) => answer.wanted.includes(kind));
    const [alone, ...more] = wanted;
    if (alone !== undefined && more.length === 0) {
      const reason = reasonOf(answer.cause);
      const isGone = reason === "OverconstrainedError" || reason === "NotFoundError";
      if (isGone && !any && state.get().chosen[alone] !== undefined) return await ask(wanted, true);
      if (reason !== "NotReadableError" || !tracks.state.get().live.has(alone)) {
        return [{ kinds: failed, cause: answer.cause }];
      }
      // A phone opens one of its cameras at a time: the one in use is let go for the other.
      tracks.stop(alone);
      return await ask(wanted, any);
    }
    // Of two the browser doesn't say which it was, so each is tried alone.
    return (await Promise.all(failed.map((kind) => ask([kind])))).flatMap((failures) => failures ?? []);
  }

  async function openAndList(wanted: readonly DeviceKind[]): Promise<string | undefined> {
    // What was said before goes first, also where the answer is there at once: else the same words aren't said again.
    problem = undefined;
    show();
    const failures = await (media ? ask(wanted) : []);
    if (!failures) return undefined;
    problem = media ? deviceProblem(failures) : INSECURE;
    show();
    await list();
    return problem;
  }

  media?.addEventListener("devicechange", list);

  return {
    state,
    tracks,
    async openSome(wanted) {
      const chosen = kinds.filter((kind) => wanted[kind]);
      await (chosen.length > 0 ? openAndList(chosen) : list());
    },
    open(kind, deviceId) {
      if (deviceId !== undefined) choose(kind, deviceId);
      return openAndList([kind]);
    },
    async allow() {
      const { unnamed } = state.get();
      const refusal = await tracks.allow(unnamed);
      await list();
      return refusal && deviceProblem([{ kinds: unnamed, ...refusal }]);
    },
    choose,
    close: tracks.stop,
    closeAll() {
      tracks.close();
      media?.removeEventListener("devicechange", list);
    },
  };
}
