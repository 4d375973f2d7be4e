import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { openBrowser } from "../e2e/browser.ts";
import { crowdIn, DESKTOP, enter, scrollsSideways, signUp } from "../e2e/crowd.ts";
import { startStack } from "../e2e/stack.ts";
import { inPhase } from "../e2e/watched_connections.ts";
import { screenshots } from "./screenshots.ts";

/** A laptop of 1366 × 768 at 200 %, without what the browser takes; and a phone held sideways. */
const LOW_WINDOWS = { laptop: { width: 683, height: 312 }, phone: { width: 844, height: 340 } };

const shoot = screenshots("low");

/** Waits until all of an element is inside the window, and nothing covers it. */
async function inSight(of: Locator): Promise<void> {
  await of.waitFor();
  await of.page().waitForFunction((element) => {
    if (!element) return false;
    const { left, top, right, bottom } = element.getBoundingClientRect();
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return false;
    const middle = (left + right) / 2;
    return [top + 2, (top + bottom) / 2, bottom - 2].every((y) =>
      element.contains(document.elementFromPoint(middle, y))
    );
  }, await of.elementHandle());
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId("chat-input").fill(text);
  await page.getByTestId("chat-send").click();
  await page.getByTestId("chat-message").getByText(text, { exact: true }).waitFor();
}

Deno.test("low window › people are let in, listed, read and written to", async (t) => {
  await using stack = await startStack();
  await using browser = await openBrowser();
  const crowd = crowdIn(browser);
  const [ada, gus] = [await crowd.open(), await crowd.open()];
  await signUp(ada, stack.origin, "Ada");
  await ada.getByTestId("meeting-name").fill("Weekly planning");
  await ada.getByTestId("create-meeting").click();
  await enter(ada, "Ada");
  await gus.goto(ada.url());
  await enter(gus, "Gus", "waiting");

  for (const [name, size] of Object.entries(LOW_WINDOWS)) {
    await t.step(`on a ${name}: who knocks, and the buttons`, async () => {
      await ada.setViewportSize(size);
      for (const testId of ["admit", "deny", "show-people", "show-chat", "leave"]) {
        await inSight(ada.getByTestId(testId));
      }
      await shoot(`knock-${name}`, { ada });
      assertEquals(await scrollsSideways(ada), false);
    });
  }

  await ada.setViewportSize(DESKTOP);
  await ada.getByTestId("admit").click();
  await inPhase(gus, "joined");
  await ada.getByTestId("show-chat").click();
  for (let number = 1; number <= 8; number++) await say(ada, `Line ${number} of what was agreed`);

  for (const [name, size] of Object.entries(LOW_WINDOWS)) {
    await t.step(`on a ${name}: the last message and what sends the next one`, async () => {
      await ada.setViewportSize(size);
      const last = ada.getByTestId("chat-message").last();
      for (const one of [last, ...["chat-to", "chat-input", "chat-send", "close-panel"].map(byId)]) {
        await inSight(one);
      }
      await say(ada, `Written on a ${name}`);
      await inSight(last);
      await shoot(`chat-${name}`, { ada });
      await ada.getByTestId("close-panel").click();
      await ada.getByTestId("show-chat").click();
      await inSight(last);
      await inSight(byId("chat-send"));
      assertEquals(await scrollsSideways(ada), false);
    });

    await t.step(`on a ${name}: the list of people, and somebody's menu`, async () => {
      await ada.getByTestId("close-panel").click();
      await ada.getByTestId("show-people").click();
      const row = ada.locator('[data-testid="roster"] [data-name="Gus"]');
      await inSight(row.getByTestId("person-menu-button"));
      await shoot(`people-${name}`, { ada });
      await row.getByTestId("person-menu-button").click();
      await inSight(byId("write-to"));
      await ada.keyboard.press("Escape");
      await ada.getByTestId("close-panel").click();
      await inSight(byId("show-chat"));
      await ada.getByTestId("show-chat").click();
    });
  }

  assertEquals(crowd.errors, []);

  function byId(id: string): Locator {
    return ada.getByTestId(id);
  }
});
