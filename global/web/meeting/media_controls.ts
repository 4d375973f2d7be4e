import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Devices } from "../devices.ts";
import type { DeviceKind } from "../local_tracks.ts";

/** The buttons under the meeting, as far as they concern one's own media. Answers are problems in words. */
export interface MediaControls {
  toggle(kind: DeviceKind): Promise<string | undefined>;
  toggleScreen(): Promise<string | undefined>;
}

export const canShareScreen = navigator.mediaDevices !== undefined &&
  "getDisplayMedia" in navigator.mediaDevices;

export function createMediaControls(session: MeetingSession, devices: Devices): MediaControls {
  const { tracks } = devices;

  /** What opens is published by `publishTracks`. */
  async function switchOn(kind: DeviceKind): Promise<string | undefined> {
    if (!tracks.state.get().live.has(kind)) return await devices.open(kind);
    session.setPaused(kind, false);
    return undefined;
  }

  function switchOff(kind: DeviceKind): undefined {
    session.setPaused(kind, true);
    // The camera's light goes out with its track; a microphone stays open so that unmuting is instant.
    if (kind === "camera") devices.close("camera");
  }

  return {
    async toggle(kind) {
      if (tracks.state.get().asked.has(kind)) {
        devices.close(kind);
        return undefined;
      }
      const source = session.state.get().local.get(kind);
      return source && !source.paused ? switchOff(kind) : await switchOn(kind);
    },
    async toggleScreen() {
      const { live, asked } = tracks.state.get();
      // The chooser is still open, and has a button of its own to close it.
      if (asked.has("screen")) return undefined;
      if (live.has("screen")) {
        tracks.stop("screen");
        return undefined;
      }
      const answer = await tracks.openScreen();
      if (answer.kind !== "failed") return undefined;
      // Closing the browser's chooser is an answer, not an error.
      const isChoice = answer.cause instanceof DOMException && answer.cause.name === "NotAllowedError";
      return isChoice ? undefined : "Your screen could not be shared. Try again, or choose another window.";
    },
  };
}
