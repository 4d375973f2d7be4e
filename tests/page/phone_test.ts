import { assertEquals } from "@std/assert";
import { openBrowser } from "../e2e/browser.ts";
import { enter, PHONE } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { watchCapture } from "./watched_capture.ts";

declare global {
  /** How many wake locks the page holds. */
  var heldLocks: number;
  /** Does what a phone does when somebody calls: the camera's track stays, and gives no picture. */
  var withholdCamera: (isWithheld: boolean) => void;
}

Deno.test("phone › the screen stays on, a camera that the system takes is off, and a panel covers the tiles", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  using client = await host.join(code);
  await using browser = await openBrowser({ viewport: PHONE });
  const { page, errors } = browser;
  const capture = await watchCapture(page);
  await page.addInitScript(() => {
    globalThis.heldLocks = 0;
    const request = () => {
      globalThis.heldLocks++;
      return Promise.resolve({ release: () => Promise.resolve(void globalThis.heldLocks--) });
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
    globalThis.withholdCamera = (isWithheld) => {
      const track = globalThis.captureWatch?.tracks.findLast(({ kind }) => kind === "video");
      if (!track) throw new Error("There is no camera's track.");
      Object.defineProperty(track, "muted", { value: isWithheld, configurable: true });
      track.dispatchEvent(new Event(isWithheld ? "mute" : "unmute"));
    };
  });
  const locks = () => page.evaluate(() => globalThis.heldLocks);
  await page.goto(`${stack.origin}/m/${code}`);

  await t.step("the screen is kept on from the entry on", async () => {
    await page.getByTestId("preview").waitFor();
    assertEquals(await locks(), 0);
    await enter(page, "Ada");
    await page.waitForFunction(() => globalThis.heldLocks === 1);
  });

  await t.step("a camera without a picture is off for the others, and goes on by itself", async () => {
    const told = async (isOn: boolean) => {
      await client.told(
        "participant.updated",
        ({ participant }) =>
          participant.sources.some(({ source, paused }) => source === "camera" && !paused) === isOn,
      );
      client.notifications.length = 0;
    };
    await told(true);
    await page.evaluate(() => globalThis.withholdCamera(true));
    await page.getByTestId("problem").getByText("Your camera gives no picture").waitFor();
    await told(false);
    assertEquals(await capture.states(), ["audio live", "video live"]);
    await page.evaluate(() => globalThis.withholdCamera(false));
    await told(true);
    assertEquals(await page.getByTestId("problem").count(), 0);
  });

  await t.step(
    "what the chat covers is not reached, and Escape closes it from the buttons below",
    async () => {
      await page.getByTestId("show-chat").click();
      await page.getByTestId("chat-input").waitFor();
      assertEquals(await page.locator("[inert]").count(), 1);
      assertEquals(await page.locator('[inert] [data-testid="grid"]').count(), 1);
      await page.getByTestId("mute").focus();
      await page.keyboard.press("Escape");
      await page.getByTestId("chat-input").waitFor({ state: "detached" });
      await page.locator('[data-testid="mute"]:focus').waitFor();
      assertEquals(await page.locator("[inert]").count(), 0);
    },
  );

  await t.step("the screen may go dark after the end", async () => {
    await page.getByTestId("leave").click();
    await page.getByTestId("ending").waitFor();
    assertEquals(await locks(), 0);
  });

  assertEquals(errors, []);
});
