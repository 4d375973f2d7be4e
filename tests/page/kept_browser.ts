import type { Browser } from "playwright-core";
import { openIn, startChromium, type TestBrowser } from "../e2e/browser.ts";

/** Those of this isolate that no test has. */
const idle: Browser[] = [];

Deno.test.afterAll(async () => {
  await Promise.all(idle.splice(0).map((browser) => browser.close()));
});

/**
 * A Chromium with one camera that an earlier test of this isolate may have had, and in it a page with cookies, permissions and
 * a window of its own. Whatever is open in it is closed at the test's end.
 */
export async function keptBrowser(): Promise<TestBrowser> {
  const browser = idle.pop() ?? await startChromium();
  return await openIn(browser, {}, async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    idle.push(browser);
  });
}
