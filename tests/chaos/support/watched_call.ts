import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import {
  browsersIn,
  createMeeting,
  joinMeeting,
  looks,
  register,
  type TestParticipant,
} from "../../e2e/participant.ts";
import { waitForFrames, waitForPicture, waitForTone } from "../../e2e/received_media.ts";
import { inPhase, phaseOf, received, receivesMore, watchConnections } from "../../e2e/watched_connections.ts";

/** How a call came over the loss of its controller. */
export interface CallBack {
  /** The longest time without a packet of sound for each of them, in milliseconds. */
  readonly gapsMs: readonly number[];
  /** Whether both went on over the transports that they had. */
  readonly isKept: boolean;
}

/** A meeting of two real browsers, whose media is watched while its controller is lost. */
export interface WatchedCall extends AsyncDisposable {
  /** The port of the shard that has it. */
  port(): Promise<number>;
  /** Begins to look for gaps in what comes. */
  watch(): Promise<void>;
  /**
   * Does something that costs both their controller, and lets them join again only once packets have come while they had
   * none. Throws where they stay away.
   */
  lose(act: () => void): Promise<void>;
  /** Waits until both have joined once more since `watch`, and see and hear each other. */
  back(): Promise<CallBack>;
}

export async function openWatchedCall(origin: string): Promise<WatchedCall> {
  await using opened = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-chaos-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const browsers = opened.use(browsersIn(folder));
  const [ada, bob] = await Promise.all([
    browsers.open("Ada", looks.red),
    browsers.open("Bob", looks.green),
  ]);
  const pages = [ada.page, bob.page];
  for (const page of pages) await watchConnections(page);
  await register(ada, origin);
  const path = await createMeeting(ada, "Goes on", { allowGuests: true, waitingRoom: false });
  await joinMeeting(ada);
  await joinMeeting(bob, origin + path);
  await seeAndHear(ada, bob);
  let transports: number[] = [];
  let sockets: number[] = [];
  const resources = opened.move();
  return {
    port: () => bob.page.evaluate(() => Number(new URL(globalThis.openedSockets.at(-1)?.url ?? "").port)),
    async watch() {
      transports = await Promise.all(pages.map(transportsOf));
      sockets = await Promise.all(pages.map(socketsOf));
      await Promise.all(pages.map((page) => page.evaluate(() => globalThis.watchGaps())));
    },
    async lose(act) {
      await Promise.all(pages.map((page) => page.evaluate(() => globalThis.holdSignaling())));
      act();
      await Promise.all(pages.map(async (page) => {
        await inPhase(page, "reconnecting");
        await receivesMore(page, await received(page), 20);
        assertEquals(await phaseOf(page), "reconnecting");
      }));
      await Promise.all(pages.map((page) => page.evaluate(() => globalThis.releaseSignaling())));
    },
    async back() {
      await Promise.all(pages.map(async (page, index) => {
        const before = sockets[index] ?? 0;
        await page.waitForFunction((before) => globalThis.openedSockets.length > before, before);
        await inPhase(page, "joined");
        await receivesMore(page, await received(page), 50);
      }));
      await seeAndHear(ada, bob);
      const gapsMs = await Promise.all(pages.map((page) => page.evaluate(() => globalThis.longestGapMs())));
      const now = await Promise.all(pages.map(transportsOf));
      return { gapsMs, isKept: now.every((count, index) => count === transports[index]) };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function seeAndHear(ada: TestParticipant, bob: TestParticipant): Promise<void> {
  for (const [by, of] of [[ada, bob], [bob, ada]] as const) {
    await waitForFrames(by.page, of.name, 20);
    await waitForPicture(by.page, of.name, of.looks.rgb);
    await waitForTone(by.page, of.name, of.looks.toneHz);
  }
}

function transportsOf(page: Page): Promise<number> {
  return page.evaluate(() => globalThis.openedConnections.length);
}

function socketsOf(page: Page): Promise<number> {
  return page.evaluate(() => globalThis.openedSockets.length);
}
