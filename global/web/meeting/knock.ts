const TONES = [{ hertz: 660, atSeconds: 0 }, { hertz: 520, atSeconds: 0.18 }] as const;
const TONE_SECONDS = 0.16;

/** Two short tones, as of a knock: somebody waits to be let in. */
export function knock(): void {
  const context = new AudioContext();
  for (const { hertz, atSeconds } of TONES) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = context.currentTime + atSeconds;
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0.15, start);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + TONE_SECONDS);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + TONE_SECONDS);
    if (atSeconds > 0) tone.onended = () => context.close();
  }
}
