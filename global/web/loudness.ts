/** Measures how loud a track is, until it is stopped. */
export interface Loudness {
  /** The root mean square of the newest samples, 0 to 1; undefined while the browser lets the page measure nothing. */
  now(): number | undefined;
  stop(): void;
}

/** `sampleCount`, a power of two, is how much of the newest sound counts: 512 are about 11 ms. */
export function measureLoudness(track: MediaStreamTrack, sampleCount = 512): Loudness {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = sampleCount;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    now() {
      if (context.state !== "running") return undefined;
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    stop: () => void context.close(),
  };
}
