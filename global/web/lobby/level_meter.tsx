import { useEffect, useRef } from "preact/hooks";
import { measureLoudness } from "../loudness.ts";

/** How loud a microphone hears, as a bar: shows before joining that it works. */
export function LevelMeter({ track }: { track: MediaStreamTrack | undefined }) {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    if (!track) return;
    const loudness = measureLoudness(track);
    let frame = requestAnimationFrame(show);
    function show() {
      const level = Math.min(1, (loudness.now() ?? 0) * 4);
      if (meter.current) {
        meter.current.value = level;
        meter.current.style.backgroundSize = `${Math.round(level * 100)}% 100%`;
      }
      frame = requestAnimationFrame(show);
    }
    return () => {
      cancelAnimationFrame(frame);
      loudness.stop();
    };
  }, [track]);
  return (
    <meter
      ref={meter}
      class="level"
      min={0}
      max={1}
      value={0}
      data-testid="level"
      aria-label="Loudness of your microphone"
      hidden={!track}
    />
  );
}
