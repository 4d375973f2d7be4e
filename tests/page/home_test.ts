import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowser } from "../e2e/browser.ts";
import { startStack } from "../e2e/stack.ts";

/** Waits for the focus on a heading of these words. */
const readHeading = (page: Page, words: string) =>
  page.locator("h1:focus, h2:focus").getByText(words, { exact: true }).waitFor();

/** Presses with the keyboard what it has focused before. */
async function press(page: Page, testId: string): Promise<void> {
  await page.getByTestId(testId).focus();
  await page.keyboard.press("Enter");
}

Deno.test("start page › the list of meetings, and where the focus goes", async (t) => {
  await using stack = await startStack();
  await using browser = await openBrowser();
  const { page, errors } = browser;
  const password = crypto.randomUUID();
  await page.goto(stack.origin);

  await t.step(
    "a list that didn't come is asked for again, and comes without words of what failed",
    async () => {
      let isFailing = true;
      await page.route("**/api/v1/meetings*", (route) => isFailing ? route.abort() : route.continue());
      await page.getByTestId("show-register").click();
      await page.getByTestId("register-name").fill("Ada");
      await page.getByTestId("email").fill("ada@example.org");
      await page.getByTestId("password").fill(password);
      await page.getByTestId("sign-in").click();
      await page.getByTestId("load-meetings").getByText("Try again").waitFor();
      await page.getByTestId("problem").waitFor();
      isFailing = false;
      await press(page, "load-meetings");
      await page.getByText("No meetings yet. Create the first one.").waitFor();
      assertEquals([
        await page.getByTestId("problem").count(),
        await page.getByTestId("load-meetings").count(),
      ], [
        0,
        0,
      ]);
      await readHeading(page, "Meetings");
      await page.unroute("**/api/v1/meetings*");
    },
  );

  await t.step("Show more, pressed twice, shows the rest once", async () => {
    await page.getByTestId("meeting-name").fill("Weekly");
    await page.getByTestId("create-meeting").click();
    await page.waitForURL("**/m/*");
    const { promise: pressed, resolve: goOn } = Promise.withResolvers<void>();
    let asked = 0;
    await page.route("**/api/v1/meetings*", async (route) => {
      const [url, query] = route.request().url().split("?");
      const isMore = query !== undefined && query.includes("cursor=");
      if (isMore) {
        asked++;
        await pressed;
      }
      const answer = await route.fetch({ url: url ?? "" });
      const { items: [first] } = await answer.json();
      const item = isMore ? { ...first, meeting_id: crypto.randomUUID() } : first;
      await route.fulfill({ response: answer, json: { items: [item], next_cursor: isMore ? null : "more" } });
    });
    await page.goto(stack.origin);
    await page.getByTestId("load-meetings").getByText("Show more").waitFor();
    await page.getByTestId("load-meetings").focus();
    await page.getByTestId("load-meetings").dblclick();
    goOn();
    await page.getByTestId("load-meetings").waitFor({ state: "detached" });
    assertEquals([asked, await page.getByTestId("meeting-list").getByRole("listitem").count()], [1, 2]);
    await readHeading(page, "Meetings");
    await page.unroute("**/api/v1/meetings*");
  });

  assertEquals(errors.filter((error) => !error.includes("net::ERR_FAILED")), []);
});
