import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, enter } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase } from "../e2e/watched_connections.ts";
import { keptBrowser } from "./kept_browser.ts";

declare global {
  /** Does what a browser does when a loudspeaker goes: it is listed and found no more, also after a reload. */
  var unplugLoudspeaker: (id: string) => void;
  var plugInLoudspeaker: () => void;
}

/** Chromium's fake devices are there for good: which of them are found is decided here. */
async function mayBeUnplugged(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const NAME = "unplugged-loudspeaker";
    const { mediaDevices } = navigator;
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    mediaDevices.enumerateDevices = async () =>
      (await list()).filter(({ kind, deviceId }) =>
        kind !== "audiooutput" || deviceId !== sessionStorage.getItem(NAME)
      );
    const { setSinkId } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.setSinkId = function (id) {
      return id === sessionStorage.getItem(NAME)
        ? Promise.reject(new DOMException("Requested device not found", "NotFoundError"))
        : setSinkId.call(this, id);
    };
    globalThis.unplugLoudspeaker = (id) => {
      sessionStorage.setItem(NAME, id);
      mediaDevices.dispatchEvent(new Event("devicechange"));
    };
    globalThis.plugInLoudspeaker = () => {
      sessionStorage.removeItem(NAME);
      mediaDevices.dispatchEvent(new Event("devicechange"));
    };
  });
}

Deno.test("unplugged loudspeaker › the computer's own plays meanwhile, and the chosen one as soon as it is there", async (t) => {
  const stack = await sharedStack();
  const code = await (await createHost(stack.origin)).create({ waiting_room: false });
  const address = `${stack.origin}/m/${code}`;
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  await mayBeUnplugged(page);
  await page.goto(address);
  await page.getByTestId("preview").waitFor();
  await enter(page, "Ada");
  const bob = await crowdIn(browser).open();
  await bob.goto(address);
  await bob.getByTestId("preview").waitFor();
  await enter(bob, "Bob");

  const choice = page.getByTestId("loudspeaker-choice");

  /** Waits until a loudspeaker plays the voice, and reads which one the dialog names. */
  async function assertPlayedBy(id: string): Promise<void> {
    await page.waitForFunction(
      (id) => document.querySelector<HTMLAudioElement>('[data-testid="voice"]')?.sinkId === id,
      id,
    );
    assertEquals(await choice.inputValue(), id);
  }
  async function openDialog(): Promise<void> {
    await page.getByTestId("more").click();
    await page.getByTestId("devices").click();
    await choice.waitFor();
  }

  await openDialog();
  const id = await choice.locator("option").nth(1).getAttribute("value") ?? "";
  await choice.selectOption(id);
  await assertPlayedBy(id);

  await t.step("one that goes, and comes back", async () => {
    await page.evaluate((id) => globalThis.unplugLoudspeaker(id), id);
    await assertPlayedBy("");
    await page.evaluate(() => globalThis.plugInLoudspeaker());
    await assertPlayedBy(id);
  });

  await t.step("one that is connected only after the join", async () => {
    await page.evaluate((id) => globalThis.unplugLoudspeaker(id), id);
    await assertPlayedBy("");
    await page.reload();
    await inPhase(page, "joined");
    await openDialog();
    await assertPlayedBy("");
    await page.evaluate(() => globalThis.plugInLoudspeaker());
    await assertPlayedBy(id);
  });

  assertEquals(errors, []);
});
