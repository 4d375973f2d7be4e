import { type Clock, systemClock } from "../../../shared/actor/clock.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { maySend, type SessionState } from "../../../shared/client/session_state.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";
import { screenProblem } from "../device_problem.ts";
import type { Devices } from "../devices.ts";
import type { DeviceKind } from "../local_tracks.ts";

/** The buttons under the meeting, as far as they concern one's own media. Answers are problems in words. */
export interface MediaControls {
  switchOn(kind: DeviceKind): Promise<string | undefined>;
  /**
   * `isShownOn`: what the button showed as it was pressed. Whoever wants to be muted must not be heard by it, since a
   * host was faster.
   */
  toggle(kind: DeviceKind, isShownOn?: boolean): Promise<string | undefined>;
  toggleScreen(): Promise<string | undefined>;
  /** Changes to a certain camera or microphone: at once where one is on, else when it is switched on. */
  choose(kind: DeviceKind, deviceId: string): Promise<string | undefined>;
}

const kinds = ["microphone", "camera"] as const;

export const canShareScreen = navigator.mediaDevices !== undefined &&
  "getDisplayMedia" in navigator.mediaDevices;

/** Nobody reads a button anew and presses it within this time: they meant what it said before. */
const HINDSIGHT_MS = 500;

/** `mediaProblem`: why this browser can send nothing, in words. */
export function createMediaControls(
  session: Pick<MeetingSession, "state" | "setPaused">,
  devices: Devices,
  mediaProblem?: string,
  clock: Pick<Clock, "now"> = systemClock(),
): MediaControls {
  const { tracks } = devices;
  let shown = shownOf(session.state.get());
  /** When a button changed from "on", where it hasn't changed again since, but for what it did itself. */
  const offAt = new Map<DeviceKind, number>();
  session.state.subscribe((state) => {
    const now = shownOf(state);
    for (const kind of kinds) {
      if (now[kind] === shown[kind]) continue;
      if (shown[kind] === "on") offAt.set(kind, clock.now());
      else offAt.delete(kind);
    }
    shown = now;
  });

  function wasJustOn(kind: DeviceKind): boolean {
    const at = offAt.get(kind);
    return at !== undefined && clock.now() - at < HINDSIGHT_MS;
  }

  /** Why a source may not be switched on, in words. */
  function forbidden(source: MediaSource): string | undefined {
    if (mediaProblem !== undefined) return mediaProblem;
    if (maySend(session.state.get(), source)) return undefined;
    return "A host has switched this off. Raise your hand to ask for it.";
  }

  /** What opens is published by `publishTracks`. */
  async function switchOn(kind: DeviceKind): Promise<string | undefined> {
    const refusal = forbidden(kind);
    if (refusal !== undefined) return refusal;
    const { live, isCameraWithheld } = tracks.state.get();
    // Whoever presses while the picture is withheld has it asked for anew.
    if (!live.has(kind) || (kind === "camera" && isCameraWithheld)) return await devices.open(kind);
    session.setPaused(kind, false);
    return undefined;
  }

  return {
    switchOn,
    async toggle(kind, isShownOn = shown[kind] === "on") {
      const isAsked = tracks.state.get().asked.has(kind);
      if (!isAsked && !isShownOn && !wasJustOn(kind)) return await switchOn(kind);
      // It is off already, and why it stays so is said.
      if (!isAsked && shown[kind] !== "on") return forbidden(kind);
      if (isAsked) devices.close(kind);
      else session.setPaused(kind, true);
      offAt.delete(kind);
      return undefined;
    },
    async choose(kind, deviceId) {
      const isOn = session.state.get().local.get(kind)?.paused === false;
      if (isOn || tracks.state.get().asked.has(kind)) return await devices.open(kind, deviceId);
      devices.choose(kind, deviceId);
      // A muted microphone is still open. Its successor's opening would switch it on.
      devices.close(kind);
      return undefined;
    },
    async toggleScreen() {
      const { live, asked } = tracks.state.get();
      // The chooser is still open, and has a button of its own to close it.
      if (asked.has("screen")) return undefined;
      if (live.has("screen")) {
        tracks.stop("screen");
        return undefined;
      }
      const refusal = forbidden("screen");
      if (refusal !== undefined) return refusal;
      const answer = await tracks.openScreen();
      return answer.kind === "failed" ? screenProblem(answer.cause) : undefined;
    },
  };
}

function shownOf(state: SessionState): Readonly<Record<DeviceKind, "on" | "off" | "blocked">> {
  const one = (kind: DeviceKind) =>
    state.local.get(kind)?.paused === false ? "on" : maySend(state, kind) ? "off" : "blocked";
  return { microphone: one("microphone"), camera: one("camera") };
}
