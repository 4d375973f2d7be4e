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

/**
 * Waits until `count` more frames of a tile were decoded and shown. A tile whose picture was withheld for a while shows it
 * in another element afterwards.
 */
export function waitForFrames(page: Evaluator, name: string, count: number): Promise<void> {
  return page.evaluate(({ wanted, count }) => {
    const selector = `[data-testid="tile"][data-name="${CSS.escape(wanted)}"] video`;
    return new Promise<void>((resolve, reject) => {
      let watched: HTMLVideoElement | null = null;
      let left = count;
      const watch = () => {
        const video = document.querySelector<HTMLVideoElement>(selector);
        if (video === watched) return;
        watched = video;
        video?.requestVideoFrameCallback(() => shown(video));
      };
      const shown = (video: HTMLVideoElement) => {
        if (--left > 0) return video.requestVideoFrameCallback(() => shown(video));
        end();
        resolve();
      };
      const looking = setInterval(watch, 100);
      const stuck = setTimeout(() => {
        end();
        reject(new Error(watched === null ? `${wanted} has no picture` : `${wanted}'s picture stands still`));
      }, 30_000);
      const end = () => {
        clearInterval(looking);
        clearTimeout(stuck);
      };
      watch();
    });
  }, { wanted: name, count });
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

/**
 * Watches a tile until its picture has played for some seconds without a pause of two seconds or more between two
 * decoded frames; throws when it stood still.
 */
export async function watchFor(page: Evaluator, name: string, seconds: number): Promise<void> {
  await page.evaluate(({ wanted, seconds }) => {
    const video = document.querySelector<HTMLVideoElement>(
      `[data-testid="tile"][data-name="${CSS.escape(wanted)}"] video`,
    );
    if (!video) throw new Error(`${wanted} has no picture`);
    const endAt = video.currentTime + seconds;
    return new Promise<void>((resolve, reject) => {
      let stuck: ReturnType<typeof setTimeout> | undefined;
      const next = () => {
        clearTimeout(stuck);
        if (video.currentTime >= endAt) return resolve();
        stuck = setTimeout(() => reject(new Error(`${wanted}'s picture stands still`)), 2_000);
        video.requestVideoFrameCallback(next);
      };
      next();
    });
  }, { wanted: name, seconds });
}
