import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowser } from "../e2e/browser.ts";
import { DESKTOP, enter, scrollsSideways, signUp, SMALL_PHONE } from "../e2e/crowd.ts";
import { createMeeting } from "../e2e/participant.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { cutButtons } from "./cut_buttons.ts";
import { screenshots } from "./screenshots.ts";

const shoot = screenshots("large-text");

/** How wide each icon is that has not grown with the text: the smallest is one em wide. */
function smallIcons(page: Page): Promise<number[]> {
  return page.locator("svg:visible").evaluateAll((icons) => {
    const emPx = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return icons.map((icon) => icon.getBoundingClientRect().width).filter((width) => width < emPx);
  });
}

async function look(moment: string, page: Page): Promise<void> {
  await shoot(moment, { page });
  const faults = [await scrollsSideways(page), await cutButtons(page), await smallIcons(page)];
  assertEquals(faults, [false, [], []], moment);
}

Deno.test("text size › the page's text is as large as the browser's, and each screen fits twice the usual", async () => {
  const stack = await sharedStack();
  await using browser = await openBrowser({ textSizePx: 32 });
  const { page, errors } = browser;
  await page.goto(stack.origin);
  await page.getByTestId("sign-in").waitFor();
  assertEquals(await page.evaluate(() => getComputedStyle(document.body).fontSize), "32px");
  await look("start", page);
  await signUp(page, stack.origin, "Ada");
  await page.getByTestId("more-settings").click();
  await look("home", page);
  await createMeeting({ page }, "Weekly planning", { allowGuests: true, waitingRoom: false });
  await page.getByTestId("preview").waitFor();
  await look("lobby", page);
  const title = await page.getByRole("heading", { name: "Weekly planning" }).boundingBox();
  assert(title && title.y + title.height < DESKTOP.height, "the picture leaves room for what is asked");
  await enter(page, "Ada");
  await look("alone", page);
  await page.getByTestId("show-people").click();
  await look("people", page);
  // In so low a window a panel covers the buttons.
  await page.getByTestId("close-panel").click();
  await page.getByTestId("show-chat").click();
  await page.getByTestId("chat-input").fill("A message");
  await page.getByTestId("chat-send").click();
  await page.getByTestId("chat-message").waitFor();
  await look("chat", page);
  await page.getByTestId("close-panel").click();
  await page.getByTestId("more").click();
  await look("menu", page);
  await page.getByTestId("devices").click();
  await look("devices", page);
  await page.getByTestId("close-dialog").click();
  await page.getByTestId("leave").click();
  await page.getByTestId("ending").waitFor();
  await look("left", page);
  assertEquals(errors, []);
});

Deno.test("text size › on the smallest phone, too, nothing is beyond the window with twice the usual", async () => {
  const stack = await sharedStack();
  await using browser = await openBrowser({ textSizePx: 32, viewport: SMALL_PHONE });
  const { page, errors } = browser;
  const lookSmall = async (moment: string) => {
    await shoot(`small-${moment}`, { page });
    assertEquals([await scrollsSideways(page), await cutButtons(page)], [false, []], moment);
  };
  await page.goto(stack.origin);
  await page.getByTestId("show-register").click();
  await lookSmall("start");
  await signUp(page, stack.origin, "Ada");
  await page.getByTestId("more-settings").click();
  await lookSmall("home");
  await createMeeting({ page }, "Weekly planning", { allowGuests: true, waitingRoom: false });
  await page.getByTestId("preview").waitFor();
  await lookSmall("lobby");
  await enter(page, "Ada");
  await lookSmall("alone");
  await page.getByTestId("show-chat").click();
  await page.getByTestId("chat-input").waitFor();
  await lookSmall("chat");
  await page.getByTestId("close-panel").click();
  for (const dialog of ["devices", "settings"]) {
    await page.getByTestId("more").click();
    await lookSmall(`menu-to-${dialog}`);
    await page.getByTestId(dialog).click();
    await page.getByTestId(`${dialog}-dialog`).waitFor();
    await lookSmall(dialog);
    await page.keyboard.press("Escape");
  }
  await page.goto(stack.origin);
  await page.getByTestId("meeting-list").waitFor();
  await lookSmall("list");
  assertEquals(errors, []);
});
