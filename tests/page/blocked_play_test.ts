import { assertEquals } from "@std/assert";
import { bundlePage } from "../e2e/bundle_page.ts";
import { openFirefox } from "../e2e/firefox.ts";
import type { StageKit } from "../e2e/pages/stage.tsx";

declare global {
  var stageKit: StageKit;
  /** What was refused in the page and heard by nobody. */
  var unheardRefusals: string[];
}

const prefs = {
  // Firefox's setting "Block Audio and Video", which counts for muted pictures, too.
  "media.autoplay.default": 5,
  // A test's scripts count as somebody's doing. With this, only the listener of a real click may play.
  "media.autoplay.blocking_policy": 2,
};

Deno.test("blocked play › in a Firefox that plays nothing by itself, picture and voice begin with a click", async () => {
  const script = await bundlePage("stage.tsx");
  await using firefox = await openFirefox(440, prefs);
  const { page } = firefox;
  await page.setContent("<!DOCTYPE html><body></body>");
  await page.evaluate(() => {
    globalThis.unheardRefusals = [];
    addEventListener("unhandledrejection", ({ reason }) => globalThis.unheardRefusals.push(String(reason)));
  });
  await page.addScriptTag({ content: script, type: "module" });
  await page.waitForSelector("figure");
  await page.evaluate(() => {
    stageKit.showPictures(["ada"]);
    stageKit.hearVoices(["ada"]);
  });
  const words = () =>
    page.evaluate(() =>
      [...document.querySelectorAll(".picture-waits, .silenced")].map(({ textContent }) => textContent)
    );
  const waiting = ["Tap to see the picture.", "Click anywhere to hear."];
  await page.waitForSelector(".picture-waits");
  await page.waitForSelector(".silenced");
  // A script's click is nobody's.
  await page.evaluate(async () => {
    dispatchEvent(new MouseEvent("click"));
    for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  assertEquals(await words(), waiting);
  await page.mouse.click(5, 5);
  await page.waitForFunction(() => document.querySelector(".picture-waits, .silenced") === null);
  const paused = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLMediaElement>("video, audio")].map(({ paused }) => paused)
  );
  assertEquals(paused, [false, false]);
  assertEquals(await page.evaluate(() => globalThis.unheardRefusals), []);
});
