import type { MeetingSession } from "../../../shared/client/session.ts";
import { maySend, type SessionState } from "../../../shared/client/session_state.ts";
import type { LocalTracks } from "../local_tracks.ts";

const sources = ["microphone", "camera", "screen", "screen_audio"] as const;

/**
 * Keeps what a meeting is sent equal to what is captured, for as long as the session lives: a live track is published,
 * one that is gone is not, and a source that the session gave up is stopped. A camera is off while its picture is
 * withheld. The end of the session closes `tracks`.
 */
export function publishTracks(session: MeetingSession, tracks: LocalTracks): void {
  /** The camera's track that was switched off because its picture is withheld, by nobody. */
  let heldBack: MediaStreamTrack | undefined;

  /** Switches the camera off while its picture is withheld, and then on again unless somebody has switched it off. */
  function holdBack(): void {
    const camera = session.state.get().local.get("camera");
    if (tracks.state.get().isCameraWithheld) {
      if (camera?.paused !== false) return;
      heldBack = camera.track;
      session.setPaused("camera", true);
    } else if (heldBack) {
      const isOpen = tracks.state.get().live.get("camera") === heldBack && camera?.track === heldBack;
      heldBack = undefined;
      if (isOpen) session.setPaused("camera", false);
    }
  }

  function publish(): void {
    for (const source of sources) {
      const track = tracks.state.get().live.get(source);
      const sent = session.state.get().local.get(source);
      if (track && track !== sent?.track) {
        session.publish(source, track);
        session.setPaused(source, false);
        // A host forbade it while it opened. Nobody sees the picture of a camera whose light is on.
        const isRefused = session.state.get().local.get(source)?.paused === true;
        if (isRefused && source !== "microphone") tracks.stop(source);
      }
      // Paused by its owner, it stays announced: a camera that is switched on again goes on where it was.
      if (!track && sent && !sent.paused) session.unpublish(source);
    }
    holdBack();
  }

  /** A host mutes a camera that is off because it is withheld: now it is off because of them. */
  function giveUpHeldBack(state: SessionState): void {
    const { moderation, local } = state;
    const isMuted = moderation !== noticeBefore && moderation?.source === "camera" &&
      moderation.kind === "muted";
    noticeBefore = moderation;
    if (!heldBack || local.get("camera")?.track !== heldBack) return;
    if (isMuted || !maySend(state, "camera")) tracks.stop("camera");
  }

  let sentBefore = session.state.get().local;
  let noticeBefore = session.state.get().moderation;
  function stopGivenUp(): void {
    const { phase, local } = session.state.get();
    if (phase === "ended") {
      stopPublishing();
      stopWatching();
      return tracks.close();
    }
    const before = sentBefore;
    sentBefore = local;
    for (const [source, { track, paused }] of before) {
      if (tracks.state.get().live.get(source) !== track) continue;
      const now = local.get(source);
      // A camera's light goes out when it is switched off, by whomever; a microphone stays open for the next word.
      const isDark = source !== "microphone" && !paused && now?.track === track && now.paused;
      if (!now || (isDark && track !== heldBack)) tracks.stop(source);
    }
    giveUpHeldBack(session.state.get());
  }

  const stopPublishing = tracks.state.subscribe(publish);
  const stopWatching = session.state.subscribe(stopGivenUp);
  publish();
  stopGivenUp();
}
