import puppeteer, { type Page } from "puppeteer-core";
import type { Evaluator } from "./received_media.ts";

/** A Firefox with a made-up camera and a microphone that sounds at `toneHz`. */
export interface TestFirefox extends Evaluator, AsyncDisposable {
  readonly page: Page;
}

/** Where Firefox is: `DT_FIREFOX`, else where Debian's package puts it. */
function firefoxPath(): string {
  return Deno.env.get("DT_FIREFOX") ?? "/usr/bin/firefox-esr";
}

/** With `prefs` on top of its own. */
export async function openFirefox(
  toneHz: number,
  prefs: Readonly<Record<string, string | number | boolean>> = {},
): Promise<TestFirefox> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath(),
    headless: true,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.navigator.audio.fake_frequency": toneHz,
      "media.autoplay.default": 0,
      ...prefs,
    },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 720 });
  return {
    page,
    evaluate: (body, argument) => evaluate(page, body, argument),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Through the lobby of a meeting that has no waiting room. */
export async function joinWithFirefox({ page }: TestFirefox, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector('[data-testid="preview"]');
  await page.type('[data-testid="display-name"]', name);
  await page.waitForSelector('[data-testid="lobby"][data-ready="true"]');
  await page.click('[data-testid="join"]');
  await page.waitForSelector('[data-testid="state"][data-phase="joined"]');
}

async function evaluate<A, R>(page: Page, body: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
  // The types of the package's `evaluate` follow its handles, which are not used here.
  const result: unknown = await Reflect.apply(page.evaluate, page, [body, argument]);
  return result as R;
}

/**
 * Waits until a participant's sound is a tone of about `toneHz`. Firefox runs no `AudioContext` on a machine without a
 * loudspeaker, so the sound is recorded and decoded, and its rising zero crossings are counted.
 */
export async function waitForRecordedTone(page: Evaluator, name: string, toneHz: number): Promise<void> {
  const deadline = performance.now() + 15_000;
  let heardHz = 0;
  while (performance.now() < deadline) {
    heardHz = await page.evaluate(recordedHz, name);
    if (Math.abs(heardHz - toneHz) < 40) return;
  }
  throw new Error(`${name} sounds at ${Math.round(heardHz)} Hz, expected ${toneHz} Hz`);
}

/** Runs in the page. Answers 0 while there is no sound. */
async function recordedHz(name: string): Promise<number> {
  const audio = document.querySelector<HTMLAudioElement>(
    `[data-testid="voice"][data-name="${CSS.escape(name)}"]`,
  );
  if (!(audio?.srcObject instanceof MediaStream)) return 0;
  const recorder = new MediaRecorder(new MediaStream(audio.srcObject.getAudioTracks()));
  const recorded = new Promise<Blob>((resolve) => recorder.ondataavailable = ({ data }) => resolve(data));
  recorder.start();
  setTimeout(() => recorder.stop(), 600);
  const file = await (await recorded).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(file);
  // A recording begins with the decoder's noise.
  const samples = sound.getChannelData(0).subarray(0.2 * sound.sampleRate);
  const rises = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0);
  return rises.length / (samples.length / sound.sampleRate);
}
