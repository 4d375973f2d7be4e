import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { say } from "../../shared/dev/say.ts";
import { openBrowser } from "./browser.ts";
import { writeMediaFiles } from "./media_files.ts";
import { createHost } from "./meeting_host.ts";
import { looks } from "./participant.ts";
import { sharedStack } from "./shared_stack.ts";

declare global {
  /** Every peer connection that the page has made. */
  var peers: RTCPeerConnection[];
}

/** Generous for a busy machine; the times that are printed are what is measured. */
const patience = { timeout: 30_000 };

async function enter(page: Page, url: string, name: string, hasCamera: boolean): Promise<void> {
  await page.addInitScript(() => {
    globalThis.peers = [];
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        globalThis.peers.push(this);
      }
    };
  });
  await page.goto(url);
  if (hasCamera) await page.getByTestId("preview").waitFor();
  await page.getByTestId("display-name").fill(name);
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
  await page.getByTestId("join").click();
  await page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
}

/** Resizes the window, and waits until the other's picture has this width. Answers how long that took. */
async function widthIn(
  page: Page,
  viewport: { width: number; height: number },
  width: number,
): Promise<number> {
  const begun = performance.now();
  await page.setViewportSize(viewport);
  await page.waitForFunction(
    (width) => document.querySelector<HTMLVideoElement>('[data-testid="tile"] video')?.videoWidth === width,
    width,
    patience,
  );
  return Math.round(performance.now() - begun);
}

/**
 * Resolves once a page has gone on encoding its smallest layer for ten frames, and none of the others. Rejects when that
 * isn't so for long. Answers how many layers it has.
 */
function encodesSmallestOnly(page: Page): Promise<number> {
  return page.evaluate(async ({ timeout }) => {
    const deadline = performance.now() + timeout;
    let before = await encoded();
    while (performance.now() < deadline) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = await encoded();
      if ((now[0] ?? 0) < (before[0] ?? 0) + 10) continue;
      if (now.slice(1).every((frames, index) => frames === before[index + 1])) return now.length;
      before = now;
    }
    throw new Error(`more than the smallest layer is encoded: ${before}`);

    /** The frames of each layer so far, the smallest one first. */
    async function encoded(): Promise<number[]> {
      const layers: { rid: string; frames: number }[] = [];
      for (const peer of globalThis.peers) {
        for (const { type, kind, rid, framesEncoded } of (await peer.getStats()).values()) {
          if (type === "outbound-rtp" && kind === "video") layers.push({ rid, frames: framesEncoded });
        }
      }
      return layers.sort((a, b) => a.rid < b.rid ? -1 : 1).map(({ frames }) => frames);
    }
  }, patience);
}

Deno.test("layers › a tile gets the layer that fills it, and a layer that nobody watches isn't sent", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-layers-" });
  const media = await writeMediaFiles(folder, "ada", looks.red, {
    width: 960,
    height: 540,
    framesPerSecond: 15,
  });
  await using ada = await openBrowser({ media });
  await using _files = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  await using bob = await openBrowser({ withoutDevices: true });
  await enter(ada.page, `${stack.origin}/m/${code}`, "Ada", true);
  await bob.page.setViewportSize(large);
  await enter(bob.page, `${stack.origin}/m/${code}`, "Bob", false);

  await t.step("a large tile gets the large layer, a small one the small layer", async () => {
    await widthIn(bob.page, large, 960);
    const down = await widthIn(bob.page, small, 240);
    const up = await widthIn(bob.page, large, 960);
    say(`    to the small layer in ${down} ms, to the large one in ${up} ms\n`);
  });

  await t.step("the layers that nobody watches stop at the sender", async () => {
    await widthIn(bob.page, small, 240);
    const begun = performance.now();
    assertEquals(await encodesSmallestOnly(ada.page), 3);
    say(`    they stop ${Math.round(performance.now() - begun)} ms later\n`);
  });

  await t.step("and come back when a tile grows", async () => {
    say(`    a layer that was stopped is back in ${await widthIn(bob.page, large, 960)} ms\n`);
  });
});

const large = { width: 1_280, height: 800 };
const small = { width: 320, height: 480 };
