import type { MeetingSession } from "../../../shared/client/session.ts";
import type { LocalTracks } from "../local_tracks.ts";

const sources = ["microphone", "camera", "screen", "screen_audio"] as const;

/**
 * Keeps what a meeting is sent equal to what is captured, for as long as the session lives: a live track is published,
 * one that is gone is not, and a source that the session gave up is stopped. The end of the session closes `tracks`.
 */
export function publishTracks(session: MeetingSession, tracks: LocalTracks): void {
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
  }

  let sentBefore = session.state.get().local;
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
      if (!now || isDark) tracks.stop(source);
    }
  }

  const stopPublishing = tracks.state.subscribe(publish);
  const stopWatching = session.state.subscribe(stopGivenUp);
  publish();
  stopGivenUp();
}
