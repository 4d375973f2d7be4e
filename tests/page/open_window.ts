import type { Page } from "playwright-core";

/**
 * Opens a window beside a page, with the same cookies and storage. Two tabs of one window share its front: in the one behind,
 * Chromium draws once a second, and each click waits for that.
 */
export async function openWindow(beside: Page): Promise<Page> {
  const opened = beside.context().waitForEvent("page");
  await beside.evaluate(() => void open("about:blank", "", "popup,noopener"));
  return await opened;
}
