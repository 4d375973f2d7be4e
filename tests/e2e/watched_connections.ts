import { assert } from "@std/assert";
import type { Page } from "playwright-core";

declare global {
  /** Every WebSocket that the page has opened. */
  var openedSockets: WebSocket[];
  /** While set, no WebSocket can be opened. */
  var isSignalingBlocked: boolean;
  /** From now on what the page sends over its WebSockets waits, the `join` of a new one as well. */
  var holdSignaling: () => void;
  /** Sends what waited. */
  var releaseSignaling: () => void;
  /** Every peer connection of mediasoup's transports: those that have media. */
  var openedConnections: RTCPeerConnection[];
  /** How many packets of sound and of pictures have come in, over all of these. */
  var packetsReceived: () => Promise<{ audio: number; video: number }>;
  /** Begins, or begins anew, to look for times in which no packet of sound comes. */
  var watchGaps: () => void;
  /** The longest of these times so far, to within 50 ms. */
  var longestGapMs: () => number;
}

/** Has a page note its WebSockets and peer connections. To be called before the page is opened. */
export async function watchConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.openedSockets = [];
    globalThis.isSignalingBlocked = false;
    globalThis.openedConnections = [];
    const waiting: (() => void)[] = [];
    let isHeld = false;
    globalThis.holdSignaling = () => isHeld = true;
    globalThis.releaseSignaling = () => {
      isHeld = false;
      for (const send of waiting.splice(0)) send();
    };
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        if (globalThis.isSignalingBlocked) throw new DOMException("blocked by the test", "SecurityError");
        super(url, protocols);
        globalThis.openedSockets.push(this);
      }
      override send(data: Parameters<WebSocket["send"]>[0]): void {
        if (isHeld) waiting.push(() => super.send(data));
        else super.send(data);
      }
    };
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        globalThis.openedConnections.push(this);
      }
    };
    globalThis.packetsReceived = async () => {
      const sum = { audio: 0, video: 0 };
      for (const connection of globalThis.openedConnections) {
        if (connection.signalingState === "closed") continue;
        for (const report of (await connection.getStats()).values()) {
          if (report.type !== "inbound-rtp") continue;
          if (report.kind === "audio") sum.audio += report.packetsReceived;
          else sum.video += report.packetsReceived;
        }
      }
      return sum;
    };
    let watch: ReturnType<typeof setInterval> | undefined;
    globalThis.watchGaps = () => {
      let packets = 0;
      let heardMs = performance.now();
      let longestMs = 0;
      clearInterval(watch);
      watch = setInterval(async () => {
        const { audio } = await globalThis.packetsReceived();
        if (audio <= packets) return;
        longestMs = Math.max(longestMs, performance.now() - heardMs);
        packets = audio;
        heardMs = performance.now();
      }, 50);
      globalThis.longestGapMs = () => longestMs;
    };
  });
}

export function phaseOf(page: Page): Promise<string | null> {
  return page.locator('[data-testid="state"]').getAttribute("data-phase");
}

export function inPhase(page: Page, phase: string): Promise<void> {
  return page.locator(`[data-testid="state"][data-phase="${phase}"]`).waitFor({ state: "attached" });
}

/** Packets of sound and of pictures that a page has received, over all of its connections. */
export function received(page: Page): Promise<{ audio: number; video: number }> {
  return page.evaluate(() => globalThis.packetsReceived());
}

/** Waits until as many more packets have come of both. Throws where they don't come within 20 seconds. */
export async function receivesMore(
  page: Page,
  before: { audio: number; video: number },
  count: number,
): Promise<void> {
  const untilMs = performance.now() + 20_000;
  // `waitForFunction` takes the promise of a function that answers one for its result.
  for (let now = before; Math.min(now.audio - before.audio, now.video - before.video) < count;) {
    assert(performance.now() < untilMs, `of ${JSON.stringify(before)} there are ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    now = await received(page);
  }
}
