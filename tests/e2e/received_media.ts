import type { Page } from "playwright-core";

/** What one tile shows at one moment. */
export interface Picture {
  rgb: [number, number, number];
  currentTime: number;
  /** Frames that the browser decoded and put on the screen so far. */
  frames: number;
}

/** Samples the picture of a participant's tile: the mean colour of its upper middle. */
export function samplePicture(page: Page, name: string): Promise<Picture | undefined> {
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
    return {
      rgb: [sum[0] / 256, sum[1] / 256, sum[2] / 256],
      currentTime: video.currentTime,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
    };
  }, name);
}

/** Waits until a tile's picture has about the colour; answers it. Fails with what was seen last. */
export async function waitForPicture(
  page: Page,
  name: string,
  rgb: readonly [number, number, number],
  timeoutMs = 15_000,
): Promise<Picture> {
  const deadline = performance.now() + timeoutMs;
  let last: Picture | undefined;
  while (performance.now() < deadline) {
    last = await samplePicture(page, name);
    if (last && isNear(last.rgb, rgb)) return last;
    // The next look is at the next frame that the page paints.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  throw new Error(`${name}'s picture is ${JSON.stringify(last?.rgb)}, expected about ${JSON.stringify(rgb)}`);
}

/** Within what lossy coding at low bit rates makes of a colour. */
export function isNear(seen: readonly number[], expected: readonly number[]): boolean {
  return expected.every((value, index) => Math.abs((seen[index] ?? -999) - value) <= 40);
}

/** Waits until `count` more frames of a tile were decoded and shown, and its time went on. */
export async function waitForFrames(page: Page, name: string, count: number): Promise<void> {
  const before = await samplePicture(page, name);
  if (!before) throw new Error(`${name} has no picture`);
  await page.waitForFunction(
    ({ wanted, frames, currentTime }) => {
      const video = document.querySelector<HTMLVideoElement>(
        `[data-testid="tile"][data-name="${CSS.escape(wanted)}"] video`,
      );
      return video !== null && video.currentTime > currentTime &&
        video.getVideoPlaybackQuality().totalVideoFrames >= frames;
    },
    { wanted: name, frames: before.frames + count, currentTime: before.currentTime },
    { timeout: 30_000 },
  );
}

/** Waits until the strongest tone that comes out of a participant's sound is about `toneHz`; answers its level. */
export function waitForTone(page: Page, name: string, toneHz: number, timeoutMs = 15_000): Promise<number> {
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
export async function watchFor(page: Page, name: string, seconds: number): Promise<void> {
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
