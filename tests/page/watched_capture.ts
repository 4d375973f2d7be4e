import type { Page } from "playwright-core";

type Call = "getUserMedia" | "getDisplayMedia";

interface CaptureWatch {
  /** Every track that the page was ever given since it was loaded, or is about to be given. */
  tracks: MediaStreamTrack[];
  held: Set<Call>;
  /** Answers that the browser gave and the page hasn't got yet. */
  deliveries: (() => void)[];
}

declare global {
  var captureWatch: CaptureWatch | undefined;
}

/** What a page captures, from the browser's side. */
export interface WatchedCapture {
  /** From now on the page waits for its tracks, as for somebody who doesn't answer the prompt or the chooser yet. */
  hold(call: Call): Promise<void>;
  /** Resolves when so many prompts and choosers are open. */
  open(count: number): Promise<void>;
  /** Answers them all with the tracks, and holds nothing any more. */
  answer(): Promise<void>;
  /** Kind and state of each track so far: `video live`, say. */
  states(): Promise<string[]>;
}

/** Call it before the page is opened. */
export async function watchCapture(page: Page): Promise<WatchedCapture> {
  await page.addInitScript(() => {
    const watch: CaptureWatch = { tracks: [], held: new Set(), deliveries: [] };
    globalThis.captureWatch = watch;
    const { mediaDevices } = navigator;
    for (const call of ["getUserMedia", "getDisplayMedia"] as const) {
      const ask = mediaDevices[call].bind(mediaDevices);
      mediaDevices[call] = async (options) => {
        const isHeld = watch.held.has(call);
        const stream = await ask(options);
        watch.tracks.push(...stream.getTracks());
        if (isHeld) await new Promise<void>((resolve) => watch.deliveries.push(resolve));
        return stream;
      };
    }
  });
  return {
    hold: (call) => page.evaluate((call) => void globalThis.captureWatch?.held.add(call), call),
    async open(count) {
      await page.waitForFunction((count) => globalThis.captureWatch?.deliveries.length === count, count);
    },
    answer: () =>
      page.evaluate(() => {
        globalThis.captureWatch?.held.clear();
        for (const deliver of globalThis.captureWatch?.deliveries.splice(0) ?? []) deliver();
      }),
    states: () =>
      page.evaluate(() =>
        (globalThis.captureWatch?.tracks ?? []).map(({ kind, readyState }) => `${kind} ${readyState}`)
      ),
  };
}
