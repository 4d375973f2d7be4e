import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { enter } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";

/** Presses with the keyboard what it has focused before. */
async function press(page: Page, testId: string): Promise<void> {
  await page.getByTestId(testId).focus();
  await page.keyboard.press("Enter");
}

/** What has the focus: its test's name, or a heading's words. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { dataset, tagName, textContent } = document.activeElement as HTMLElement;
    return dataset["testid"] ?? (/^H\d$/.test(tagName) ? `${textContent}` : tagName);
  });
}

const home = "Meet face to face, on your own server.";

Deno.test("focus › who presses a button with the keyboard goes on from there", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const { page } = browser;
  const [email, password] = [`${crypto.randomUUID()}@example.org`, crypto.randomUUID()];

  await t.step("whoever has an account from now on is at the start page's heading", async () => {
    await page.goto(stack.origin);
    await press(page, "show-register");
    await page.getByTestId("register-name").fill("Ada");
    await page.getByTestId("email").fill(email);
    await page.getByTestId("password").fill(password);
    await press(page, "sign-in");
    await page.getByTestId("sign-out").waitFor();
    const signedUp = await focused(page);
    await press(page, "sign-out");
    await page.getByTestId("show-register").waitFor();
    assertEquals([signedUp, await focused(page)], [home, home]);
  });

  await t.step("a refused sign-in is tried again by the same button", async () => {
    await page.getByTestId("email").fill(email);
    await page.getByTestId("password").fill(`not ${password}`);
    await press(page, "sign-in");
    await page.getByTestId("problem").waitFor();
    const refused = await focused(page);
    await page.getByTestId("password").fill(password);
    await press(page, "sign-in");
    await page.getByTestId("sign-out").waitFor();
    assertEquals(refused, "sign-in");
  });

  await t.step("a meeting that couldn't be created is tried again by the same button, once", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let asked = 0;
    await page.route("**/api/v1/meetings", async (route) => {
      // The list may still be on its way.
      if (route.request().method() !== "POST") return await route.continue();
      asked++;
      await released;
      await route.abort();
    });
    await page.getByTestId("meeting-name").fill("Weekly");
    const request = page.waitForRequest((request) =>
      request.method() === "POST" && request.url().endsWith("/api/v1/meetings")
    );
    await press(page, "create-meeting");
    await request;
    // Enter in a field sends the form, too.
    for (const field of ["create-meeting", "meeting-name"]) await press(page, field);
    await page.getByTestId("create-meeting").focus();
    release();
    await page.getByTestId("problem").waitFor();
    const refused = await focused(page);
    await page.unroute("**/api/v1/meetings");
    await press(page, "create-meeting");
    await page.getByTestId("preview").waitFor();
    assertEquals([refused, asked], ["create-meeting", 1]);
  });

  await t.step("a test of the connection that is over, or begins again, is read by its heading", async () => {
    await press(page, "test-connection");
    await page.getByTestId("cancel-test").focus();
    await page.getByTestId("test-again").waitFor();
    const over = await focused(page);
    await press(page, "test-again");
    await page.getByTestId("cancel-test").waitFor();
    const again = await focused(page);
    await press(page, "cancel-test");
    await press(page, "close-test");
    await page.locator('[data-testid="test-connection"]:focus').waitFor();
    assertEquals([over, again], ["Your connection", "Your connection"]);
  });

  await t.step(
    "a message that was sent by its button leaves the cursor where the next one is written",
    async () => {
      await enter(page, "Ada");
      await press(page, "show-chat");
      await page.getByTestId("chat-input").fill("one");
      await press(page, "chat-send");
      await page.getByTestId("chat-message").getByText("one").waitFor();
      assertEquals(await focused(page), "chat-input");
    },
  );
});
