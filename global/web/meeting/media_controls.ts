import type { MeetingSession } from "../../../shared/client/session.ts";
import type { DeviceKind, Devices } from "../devices.ts";

/** The buttons under the meeting, as far as they concern one's own media. Answers are problems in words. */
export interface MediaControls {
  toggle(kind: DeviceKind): Promise<string | undefined>;
  toggleScreen(): Promise<string | undefined>;
}

export const canShareScreen = navigator.mediaDevices !== undefined &&
  "getDisplayMedia" in navigator.mediaDevices;

export function createMediaControls(session: MeetingSession, devices: Devices): MediaControls {
  // Unplugged: the others must not look at a frozen picture.
  devices.state.subscribe((device) => {
    for (const kind of ["camera", "microphone"] as const) {
      const source = session.state.get().local.get(kind);
      if (source && !source.paused && !device[kind] && source.track.readyState === "ended") {
        session.unpublish(kind);
      }
    }
  });

  async function switchOn(kind: DeviceKind): Promise<string | undefined> {
    const before = session.state.get().local.get(kind);
    if (before && before.track.readyState === "live") {
      session.setPaused(kind, false);
      return undefined;
    }
    const track = await devices.open(kind);
    if (!track) return devices.state.get().problem;
    session.publish(kind, track);
    session.setPaused(kind, false);
    return undefined;
  }

  function switchOff(kind: DeviceKind): undefined {
    session.setPaused(kind, true);
    // The camera's light goes out with its track; a microphone stays open so that unmuting is instant.
    if (kind === "camera") devices.close("camera");
  }

  function stopScreen(): undefined {
    for (const source of ["screen", "screen_audio"] as const) {
      session.state.get().local.get(source)?.track.stop();
      session.unpublish(source);
    }
  }

  return {
    async toggle(kind) {
      const source = session.state.get().local.get(kind);
      return source && !source.paused ? switchOff(kind) : await switchOn(kind);
    },
    async toggleScreen() {
      if (session.state.get().local.has("screen")) return stopScreen();
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({
          video: { frameRate: { ideal: 15, max: 30 } },
          audio: true,
        });
        const [video] = stream.getVideoTracks();
        const [audio] = stream.getAudioTracks();
        video?.addEventListener("ended", stopScreen);
        if (video) session.publish("screen", video);
        if (audio) session.publish("screen_audio", audio);
        return undefined;
      } catch (cause) {
        // Closing the browser's chooser is an answer, not an error.
        const isChoice = cause instanceof DOMException && cause.name === "NotAllowedError";
        return isChoice ? undefined : "Your screen could not be shared. Try again, or choose another window.";
      }
    },
  };
}
