import { createStore, type Store } from "../../shared/client/store.ts";

export type DeviceKind = "camera" | "microphone";

export interface DeviceState {
  /** A live track, or undefined while it is off or couldn't be opened. */
  camera?: MediaStreamTrack;
  microphone?: MediaStreamTrack;
  cameras: readonly MediaDeviceInfo[];
  microphones: readonly MediaDeviceInfo[];
  /** Why something couldn't be opened, in words. */
  problem?: string;
  isOpening: boolean;
}

/** The camera and the microphone of this computer. */
export interface Devices {
  state: Store<DeviceState>;
  /** Both at once, so that the browser asks once. Never fails: what can't be opened is said in `problem`. */
  openBoth(): Promise<void>;
  /** Opens one, a certain one if `deviceId` says so; answers the track. */
  open(kind: DeviceKind, deviceId?: string): Promise<MediaStreamTrack | undefined>;
  close(kind: DeviceKind): void;
  closeAll(): void;
}

const constraints: Record<DeviceKind, MediaTrackConstraints> = {
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

function constraintsFor(kind: DeviceKind): MediaTrackConstraints {
  const deviceId = remembered(kind);
  return deviceId === null ? constraints[kind] : { ...constraints[kind], deviceId: { ideal: deviceId } };
}

function remembered(kind: DeviceKind): string | null {
  return localStorage.getItem(`dt-${kind}`);
}

/** Why devices couldn't be opened; of several that failed alike it is said once. */
function inWords(failures: readonly { kind: DeviceKind; cause: unknown }[]): string | undefined {
  const byReason = Map.groupBy(
    failures,
    ({ cause }) => cause instanceof DOMException ? cause.name : "",
  );
  const sentences = [...byReason].map(([reason, group]) => {
    const kinds = group.map(({ kind }) => kind);
    switch (reason) {
      case "NotAllowedError":
        return `Your browser does not let this page use your ${
          kinds.join(" and ")
        }. Allow it in the address bar.`;
      case "NotFoundError":
      case "OverconstrainedError":
        return `No ${kinds.join(" and no ")} was found.`;
      case "NotReadableError":
        return `Another program uses your ${kinds.join(" and ")}. Close it and try again.`;
      default:
        return `Your ${kinds.join(" and ")} could not be opened.`;
    }
  });
  return sentences.length > 0 ? `${sentences.join(" ")} You can join without.` : undefined;
}

const INSECURE = "Browsers give camera and microphone only to pages opened over https or on localhost. " +
  "You can join without.";

async function openTracks(wanted: readonly DeviceKind[]): Promise<MediaStreamTrack[]> {
  const stream = await navigator.mediaDevices.getUserMedia({
    ...(wanted.includes("camera") ? { video: constraintsFor("camera") } : {}),
    ...(wanted.includes("microphone") ? { audio: constraintsFor("microphone") } : {}),
  });
  return stream.getTracks();
}

export function createDevices(): Devices {
  const state = createStore<DeviceState>({ cameras: [], microphones: [], isOpening: false });

  function forget(kind: DeviceKind): void {
    state.update((before) => {
      const { [kind]: _gone, ...rest } = before;
      return rest;
    });
  }

  function say(problem: string | undefined): void {
    state.update(({ problem: _before, ...rest }) => problem === undefined ? rest : { ...rest, problem });
  }

  function take(track: MediaStreamTrack): void {
    const kind: DeviceKind = track.kind === "video" ? "camera" : "microphone";
    state.get()[kind]?.stop();
    state.update((before) => ({ ...before, [kind]: track }));
    track.addEventListener("ended", () => {
      if (state.get()[kind] !== track) return;
      forget(kind);
      say(`Your ${kind} was disconnected.`);
    });
  }

  async function list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    const named = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind && device.deviceId);
    state.update((before) => ({ ...before, cameras: named("videoinput"), microphones: named("audioinput") }));
  }

  async function openSome(wanted: readonly DeviceKind[]): Promise<{ kind: DeviceKind; cause: unknown }[]> {
    try {
      for (const track of await openTracks(wanted)) take(track);
      return [];
    } catch (cause) {
      // Of two the browser doesn't say which it was, so each is tried alone.
      if (wanted.length > 1) return (await Promise.all(wanted.map((kind) => openSome([kind])))).flat();
      return wanted.map((kind) => ({ kind, cause }));
    }
  }

  async function openAndList(wanted: readonly DeviceKind[]): Promise<void> {
    if (!navigator.mediaDevices) return say(INSECURE);
    state.update((before) => ({ ...before, isOpening: true }));
    const failures = await openSome(wanted);
    await list();
    state.update((before) => ({ ...before, isOpening: false }));
    say(inWords(failures));
  }

  navigator.mediaDevices?.addEventListener("devicechange", list);

  function close(kind: DeviceKind): void {
    const track = state.get()[kind];
    forget(kind);
    track?.stop();
  }

  return {
    state,
    openBoth: () => openAndList(["microphone", "camera"]),
    async open(kind, deviceId) {
      if (deviceId !== undefined) localStorage.setItem(`dt-${kind}`, deviceId);
      await openAndList([kind]);
      return state.get()[kind];
    },
    close,
    closeAll() {
      close("camera");
      close("microphone");
      navigator.mediaDevices?.removeEventListener("devicechange", list);
    },
  };
}
