import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { crowdIn, DESKTOP, enter, scrollsSideways, signUp } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase } from "../e2e/watched_connections.ts";
import { keptBrowser } from "./kept_browser.ts";
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

/** Between which parts of the meeting's screen the tabulator goes. */
async function walkedThrough(page: Page): Promise<string[]> {
  const parts = new Set<string>();
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press("Tab");
    const part = await page.evaluate(() =>
      (document.activeElement?.closest("aside") ?? document.activeElement?.closest("header, main, footer"))
        ?.tagName
    );
    if (part !== undefined) parts.add(part);
  }
  return [...parts];
}

/** Those that reach into 44 px at a side of the window. */
function underNotch(page: Page, selectors: readonly string[]): Promise<string[]> {
  return page.evaluate((selectors) =>
    selectors.filter((selector) => {
      const boxes = [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect());
      return boxes.length === 0 || boxes.some(({ left, right }) => left < 44 || right > innerWidth - 44);
    }), selectors);
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId("chat-input").fill(text);
  await page.getByTestId("chat-send").click();
  await page.getByTestId("chat-message").getByText(text, { exact: true }).waitFor();
}

Deno.test("low window › people are let in, listed, read and written to", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
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

  await gus.getByTestId("camera").click();
  await gus.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
  });
  for (const [name, size] of Object.entries(LOW_WINDOWS)) {
    await t.step(
      `on a ${name}: what a host asks stands above the panel, and nothing is reached below`,
      async () => {
        await ada.setViewportSize(size);
        await gus.setViewportSize(size);
        await gus.getByTestId("camera").click();
        await gus.getByTestId("problem").getByText("No camera was found.").waitFor();
        await gus.getByTestId("show-chat").click();
        if (await ada.getByTestId("close-panel").count() > 0) await ada.getByTestId("close-panel").click();
        await ada.getByTestId("more").click();
        await ada.getByTestId("mute-all").click();
        await gus.getByTestId("moderation").waitFor();
        await shoot(`asked-${name}`, { gus });
        for (const testId of ["problem", "moderation-accept", "chat-input", "chat-send", "close-panel"]) {
          await inSight(gus.getByTestId(testId));
        }
        await gus.getByTestId("moderation-accept").click();
        await gus.getByTestId("moderation").waitFor({ state: "detached" });
        assertEquals(await walkedThrough(gus), ["ASIDE"]);
        await gus.keyboard.press("Escape");
        await gus.locator('[data-testid="show-chat"]:focus').waitFor();
      },
    );
  }

  await t.step("nothing stands under a phone's notch, on whichever side it is", async () => {
    await gus.setViewportSize(LOW_WINDOWS.phone);
    await gus.evaluate(() => {
      for (const side of ["left", "right"]) {
        document.documentElement.style.setProperty(`--notch-${side}`, "44px");
      }
    });
    assertEquals(await underNotch(gus, [".meeting-header > *", ".grid", ".controls"]), []);
    await shoot("notch", { gus });
    await gus.getByTestId("show-chat").click();
    assertEquals(await underNotch(gus, [".side-panel > *"]), []);
    await shoot("notch-chat", { gus });
    await gus.getByTestId("close-panel").click();
    await gus.getByTestId("leave").click();
    await gus.getByTestId("rejoin").click();
    await gus.getByTestId("lobby").waitFor();
    assertEquals(await underNotch(gus, [".page-header > *", ".lobby > *"]), []);
  });

  assertEquals(crowd.errors, []);

  function byId(id: string): Locator {
    return ada.getByTestId(id);
  }
});
