import { useEffect, useRef } from "preact/hooks";

/** How loud a microphone hears, as a bar: shows before joining that it works. */
export function LevelMeter({ track }: { track: MediaStreamTrack | undefined }) {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    if (!track) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = requestAnimationFrame(measure);
    function measure() {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      if (meter.current) meter.current.value = Math.min(1, Math.sqrt(power) * 4);
      frame = requestAnimationFrame(measure);
    }
    return () => {
      cancelAnimationFrame(frame);
      context.close();
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
