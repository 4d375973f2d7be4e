import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowser } from "../e2e/browser.ts";
import { crowdIn, enter, scrollsSideways, SMALL_PHONE } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { cutButtons } from "./cut_buttons.ts";
import { screenshots } from "./screenshots.ts";

const LONG_NAME = "Maximiliane Fürstenberg-Hohenlohe";

/** What of somebody's row is cut, beyond the window, or over something else of it. */
function faultsOfRow(page: Page, name: string): Promise<string[]> {
  return page.locator(`[data-testid="roster"] [data-name="${name}"]`).evaluate((row) => {
    const parts = [
      ...row.querySelectorAll<HTMLElement>(".name, small, .hand-mark, .marks, .quality, button"),
    ];
    const boxes = parts.filter((part) => part.textContent !== "" || part.matches("button")).map((part) => ({
      what: part.className || part.localName,
      isCut: part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflow !== "visible",
      box: part.getBoundingClientRect(),
    }));
    return boxes.flatMap(({ what, isCut, box }, index) => [
      ...(box.width < 8 || isCut ? [`${what} is cut`] : []),
      ...(box.left < 0 || box.right > innerWidth ? [`${what} is beyond the window`] : []),
      ...boxes.slice(index + 1).filter(({ box: other }) =>
        box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 1 &&
        other.top < box.bottom - 1
      ).map((other) => `${what} is over ${other.what}`),
    ]);
  });
}

for (const textSizePx of [16, 32]) {
  Deno.test(`people › each row and its menu fit the smallest phone, with text of ${textSizePx} pixels`, async () => {
    const shoot = screenshots(`roster-${textSizePx}`);
    const stack = await sharedStack();
    const host = await createHost(stack.origin);
    const code = await host.create({ waiting_room: false });
    using client = await host.join(code);
    await using browser = await openBrowser({ textSizePx, viewport: SMALL_PHONE });
    const crowd = crowdIn(browser);
    const [page, other] = [browser.page, await crowd.open(SMALL_PHONE)];
    await page.goto(`${stack.origin}/m/${code}`);
    await page.getByTestId("preview").waitFor();
    await enter(page, LONG_NAME);
    await other.goto(`${stack.origin}/m/${code}`);
    await other.getByTestId("preview").waitFor();
    await enter(other, "Gil");
    await other.getByTestId("hand").click();
    const id = await page.getByTestId("self-tile").getAttribute("data-participant-id");
    await client.request("moderation.role", { participant_id: id ?? "", role: "host" });
    await page.getByTestId("show-people").click();
    const gil = page.locator('[data-testid="roster"] [data-name="Gil"]');
    await gil.getByTestId("hand").waitFor();
    await gil.getByTestId("quality").waitFor();
    await page.locator(`[data-testid="roster"] [data-name="${LONG_NAME}"]`).getByText("Host").waitFor();
    await shoot("people", { page });
    for (const name of [LONG_NAME, "Gil"]) assertEquals(await faultsOfRow(page, name), [], name);
    assertEquals([await scrollsSideways(page), await cutButtons(page)], [false, []]);

    await gil.getByTestId("person-menu-button").click();
    await page.getByTestId("ban").waitFor();
    await shoot("menu", { page });
    assertEquals([await scrollsSideways(page), await cutButtons(page)], [false, []]);
    await page.keyboard.press("Escape");
    await page.getByTestId("close-panel").click();
    await shoot("stage", { page });
    assertEquals([await scrollsSideways(page), await cutButtons(page)], [false, []]);
    assertEquals([browser.errors, crowd.errors], [[], []]);
  });
}
