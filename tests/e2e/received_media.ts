/** A page of whichever browser: it runs a function inside of it. */
export interface Evaluator {
  evaluate<A, R>(body: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
}

/** A colour as red, green and blue, 0 to 255 each. */
type Colour = readonly [number, number, number];

/** Samples the picture of a participant's tile: the mean colour of its upper middle. */
export function sampleColour(page: Evaluator, name: string): Promise<Colour | undefined> {
  return page.evaluate((wanted) => {
    const video = document.querySelector<HTMLVideoElement>(
      `[data-testid="tile"][data-name="${CSS.escape(wanted)}"] video`,
    );
    if (!video || video.videoWidth === 0) return undefined;
    const canvas = document.createElement("canvas");
    canvas.width = 16;
    canvas.height = 16;
    const context = canvas.getContext("2d");
    if (!context) return undefined;
    const { videoWidth: width, videoHeight: height } = video;
    context.drawImage(video, width / 4, height / 8, width / 2, height / 2, 0, 0, 16, 16);
    const { data } = context.getImageData(0, 0, 16, 16);
    const sum: [number, number, number] = [0, 0, 0];
    for (let index = 0; index < data.length; index += 4) {
      sum[0] += data[index] ?? 0;
      sum[1] += data[index + 1] ?? 0;
      sum[2] += data[index + 2] ?? 0;
    }
    return [sum[0] / 256, sum[1] / 256, sum[2] / 256];
  }, name);
}

/** Waits until a tile's picture has about the colour. Fails with what was seen last. */
export async function waitForPicture(
  page: Evaluator,
  name: string,
  rgb: Colour,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last: Colour | undefined;
  while (performance.now() < deadline) {
    last = await sampleColour(page, name);
    if (last && isNear(last, rgb)) return;
    // The next look is at the next frame that the page paints.
    await nextFrame(page);
  }
  throw new Error(`${name}'s picture is ${JSON.stringify(last)}, expected about ${JSON.stringify(rgb)}`);
}

/** Within what lossy coding at low bit rates makes of a colour. */
export function isNear(seen: readonly number[], expected: readonly number[]): boolean {
  return expected.every((value, index) => Math.abs((seen[index] ?? -999) - value) <= 40);
}

/** Resolves when the page paints its next frame. */
export async function nextFrame(page: Evaluator): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve())),
    undefined,
  );
}

/** Waits until `count` more frames of a tile were decoded and shown. */
export function waitForFrames(page: Evaluator, name: string, count: number): Promise<void> {
  return watchFrames(page, name, { count, seconds: 0, stillMs: 30_000 });
}

/**
 * Watches a tile for some seconds; fails when no new frame was shown for ten. Browsers that starve one another on a small
 * machine pause for a few, and a picture is withheld for a moment from a receiver that loses packets.
 */
export function watchFor(page: Evaluator, name: string, seconds: number, stillMs = 10_000): Promise<void> {
  return watchFrames(page, name, { count: 1, seconds, stillMs });
}

interface Watch {
  /** So many frames are to be shown at least. */
  readonly count: number;
  readonly seconds: number;
  /** Without a new frame for so long the picture stands still. */
  readonly stillMs: number;
}

/** Follows a tile's frames. A tile whose picture was withheld for a while shows it in another element afterwards. */
function watchFrames(page: Evaluator, name: string, watch: Watch): Promise<void> {
  return page.evaluate(({ wanted, count, seconds, stillMs }) => {
    const selector = `[data-testid="tile"][data-name="${CSS.escape(wanted)}"] video`;
    return new Promise<void>((resolve, reject) => {
      const endAt = performance.now() + seconds * 1_000;
      let watched: HTMLVideoElement | null = null;
      let left = count;
      let stuck: ReturnType<typeof setTimeout> | undefined;
      const follow = () => {
        const video = document.querySelector<HTMLVideoElement>(selector);
        if (video === watched) return;
        watched = video;
        video?.requestVideoFrameCallback(() => shown(video));
      };
      const looking = setInterval(follow, 100);
      const wait = () => {
        clearTimeout(stuck);
        stuck = setTimeout(() => {
          clearInterval(looking);
          reject(
            new Error(watched === null ? `${wanted} has no picture` : `${wanted}'s picture stands still`),
          );
        }, stillMs);
      };
      const shown = (video: HTMLVideoElement) => {
        if (--left > 0 || performance.now() < endAt) {
          wait();
          video.requestVideoFrameCallback(() => shown(video));
          return;
        }
        clearTimeout(stuck);
        clearInterval(looking);
        resolve();
      };
      wait();
      follow();
    });
  }, { wanted: name, ...watch });
}

/** Waits until the strongest tone that comes out of a participant's sound is about `toneHz`; answers its level. */
export function waitForTone(
  page: Evaluator,
  name: string,
  toneHz: number,
  timeoutMs = 15_000,
): Promise<number> {
  return page.evaluate(async ({ wanted, toneHz, timeoutMs }) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8_192;
    analyser.smoothingTimeConstant = 0;
    const bins = new Uint8Array(analyser.frequencyBinCount);
    const binHz = context.sampleRate / analyser.fftSize;
    const deadline = performance.now() + timeoutMs;
    let heardHz = 0;
    let stream: MediaProvider | null | undefined;
    try {
      while (performance.now() < deadline) {
        const audio = document.querySelector<HTMLAudioElement>(
          `[data-testid="voice"][data-name="${CSS.escape(wanted)}"]`,
        );
        if (audio && audio.srcObject !== stream) {
          stream = audio.srcObject;
          if (stream instanceof MediaStream) context.createMediaStreamSource(stream).connect(analyser);
        }
        await new Promise((resolve) => requestAnimationFrame(resolve));
        analyser.getByteFrequencyData(bins);
        const level = Math.max(...bins);
        heardHz = bins.indexOf(level) * binHz;
        if (level > 60 && Math.abs(heardHz - toneHz) < 25) return level / 255;
      }
    } finally {
      await context.close();
    }
    throw new Error(`${wanted} sounds at ${Math.round(heardHz)} Hz, expected ${toneHz} Hz`);
  }, { wanted: name, toneHz, timeoutMs });
}
