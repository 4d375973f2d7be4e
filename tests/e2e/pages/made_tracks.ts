/** A sound of one frequency. */
export function tone(hz: number): MediaStreamTrack {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: hz });
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (!track) throw new Error("The oscillator gives no sound");
  return track;
}

/** A picture that never stands still: a bar of another colour in each frame. */
export function movingBar(
  { width, height, framesPerSecond }: {
    readonly width: number;
    readonly height: number;
    readonly framesPerSecond: number;
  },
): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const barWidth = width / 5;
  let frame = 0;
  setInterval(() => {
    if (context === null) return;
    context.fillStyle = `hsl(${frame++ * 11 % 360} 80% 50%)`;
    context.fillRect(frame * 8 % (width - barWidth), 0, barWidth, height);
  }, 1_000 / framesPerSecond);
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  if (!track) throw new Error("The canvas gives no picture");
  return track;
}
