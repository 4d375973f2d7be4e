import { useEffect, useRef, useState } from "preact/hooks";
import type { LocalSource } from "../../../shared/client/session_state.ts";
import { measureLoudness } from "../loudness.ts";
import { isSilent, noteLoudness, type SilentSince } from "./silence.ts";

const LOOK_MS = 500;
/** More than what sounds between two looks, so that none is missed. */
const SAMPLES = 32_768;

/** Whether a microphone that is on has heard nothing at all for a while, and did neither before it was muted. */
export function useSilentMicrophone(microphone: LocalSource | undefined): boolean {
  const [silent, setSilent] = useState(false);
  const heard = useRef(new WeakSet<MediaStreamTrack>());
  const track = microphone && !microphone.paused ? microphone.track : undefined;
  useEffect(() => {
    setSilent(false);
    if (!track || heard.current.has(track)) return;
    const loudness = measureLoudness(track, SAMPLES);
    let since: SilentSince;
    const timer = setInterval(() => {
      const now = performance.now();
      since = noteLoudness(since, loudness.now(), now);
      setSilent(isSilent(since, now));
      if (since !== "heard") return;
      heard.current.add(track);
      stop();
    }, LOOK_MS);
    let isOver = false;
    function stop() {
      clearInterval(timer);
      if (!isOver) loudness.stop();
      isOver = true;
    }
    return stop;
  }, [track]);
  return silent;
}
