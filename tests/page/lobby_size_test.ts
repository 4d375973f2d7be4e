import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowser } from "../e2e/browser.ts";
import { scrollsSideways, SMALL_PHONE } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { cutButtons } from "./cut_buttons.ts";
import { screenshots } from "./screenshots.ts";

const shoot = screenshots("lobby");

/** A phone held sideways. */
const SIDEWAYS = { width: 844, height: 390 };

async function lobby(page: Page): Promise<void> {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  await page.getByTestId("level").waitFor();
}

const boxOf = async (page: Page, testId: string) => {
  const box = await page.getByTestId(testId).boundingBox();
  assert(box !== null);
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
};

Deno.test("lobby › on a phone held sideways the picture and its buttons are seen without scrolling", async () => {
  await using browser = await openBrowser({ viewport: SIDEWAYS });
  const { page, errors } = browser;
  await lobby(page);
  await shoot("sideways", { page });
  for (const testId of ["preview", "lobby-mute", "lobby-camera", "display-name"]) {
    const { y, bottom } = await boxOf(page, testId);
    assert(y >= 0 && bottom <= SIDEWAYS.height, `${testId} ends at ${bottom}`);
  }
  assertEquals([await scrollsSideways(page), await cutButtons(page), errors], [false, [], []]);
});

Deno.test("lobby › on the smallest phone with text of twice the size what is on the picture stays on it, and round", async () => {
  await using browser = await openBrowser({ viewport: SMALL_PHONE, textSizePx: 32 });
  const { page, errors } = browser;
  await lobby(page);
  await shoot("large-text", { page });
  const preview = await boxOf(page, "preview");
  for (const testId of ["lobby-mute", "lobby-camera", "level"]) {
    const box = await boxOf(page, testId);
    const isOn = box.x >= preview.x && box.right <= preview.right && box.y >= preview.y &&
      box.bottom <= preview.bottom;
    assert(isOn, `${testId} is on the picture`);
    if (testId !== "level") assertEquals(box.width, box.height, testId);
  }
  assertEquals([await scrollsSideways(page), await cutButtons(page), errors], [false, [], []]);
});
