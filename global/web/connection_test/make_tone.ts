export interface Tone {
  readonly track: MediaStreamTrack;
  stop(): void;
}

/** A quiet tone as a track, which nobody hears: it is sent to the server and comes back. */
export function makeTone(): Tone {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const loudness = context.createGain();
  const out = context.createMediaStreamDestination();
  loudness.gain.value = 0.05;
  tone.connect(loudness).connect(out);
  tone.start();
  const [track] = out.stream.getAudioTracks();
  if (!track) throw new TypeError("a destination of sound has a track");
  return {
    track,
    stop() {
      if (context.state !== "closed") void context.close();
    },
  };
}
