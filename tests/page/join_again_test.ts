import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, enter, signUp } from "../e2e/crowd.ts";
import { createMeeting } from "../e2e/participant.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";

/** The lobby's buttons say what they would do. */
async function offered(page: Page): Promise<(string | null)[]> {
  return await Promise.all(
    ["lobby-mute", "lobby-camera"].map((name) => page.getByTestId(name).getAttribute("aria-label")),
  );
}

async function isReady(page: Page): Promise<void> {
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
}

Deno.test("join again › what was off in the meeting is off in the lobby, and what was on is on", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const page = await crowd.open();
  await signUp(page, stack.origin, "Ada");
  await createMeeting({ page }, "Weekly", { allowGuests: true, waitingRoom: true });

  await t.step("at first the meeting's own setting counts", async () => {
    await page.getByTestId("preview").waitFor();
    assertEquals(await offered(page), ["Turn the microphone off", "Turn the camera off"]);
    await enter(page, "Ada");
  });

  await t.step("a camera that was switched off stays off", async () => {
    await page.locator('[data-testid="camera"]:not(.off)').click();
    await page.locator('[data-testid="camera"].off').waitFor();
    await page.getByTestId("leave").click();
    await page.getByTestId("rejoin").click();
    await isReady(page);
    await page.getByRole("button", { name: "Turn the microphone off" }).waitFor();
    assertEquals(await offered(page), ["Turn the microphone off", "Turn the camera on"]);
  });

  await t.step("a microphone that was muted stays off, and a camera that is on again is on", async () => {
    await page.getByTestId("lobby-camera").click();
    await page.getByTestId("preview").waitFor();
    await enter(page, "Ada");
    await page.locator('[data-testid="mute"]:not(.off)').click();
    await page.locator('[data-testid="mute"].off').waitFor();
    await page.getByTestId("leave").click();
    await page.getByTestId("rejoin").click();
    await isReady(page);
    await page.getByTestId("preview").waitFor();
    assertEquals(await offered(page), ["Turn the microphone on", "Turn the camera off"]);
  });

  assertEquals(crowd.errors, []);
});
