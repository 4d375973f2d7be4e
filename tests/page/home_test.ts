import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { createAccount } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";

/** Waits for the focus on a heading of these words. */
const readHeading = (page: Page, words: string) =>
  page.locator("h1:focus, h2:focus").getByText(words, { exact: true }).waitFor();

/** Presses with the keyboard what it has focused before. */
async function press(page: Page, testId: string): Promise<void> {
  await page.getByTestId(testId).focus();
  await page.keyboard.press("Enter");
}

Deno.test("start page › the list of meetings, and where the focus goes", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  const [email, password] = [`${crypto.randomUUID()}@example.org`, crypto.randomUUID()];
  await page.goto(stack.origin);

  await t.step("an organisation that is corrected doesn't fold", async () => {
    await page.getByTestId("show-organization").click();
    await page.getByTestId("organization").fill("a");
    await page.getByTestId("organization").press("Backspace");
    await page.locator('[data-testid="organization"]:focus').waitFor();
    assertEquals(await page.getByTestId("organization").isVisible(), true);
    await page.getByTestId("organization").pressSequentially("b");
    assertEquals(await page.getByTestId("organization").inputValue(), "b");
    await page.getByTestId("organization").fill("");
  });

  await t.step("a field is called as its label, and what is said besides describes it", async () => {
    await page.getByTestId("show-register").click();
    await page.getByTestId("register-name").fill(" ");
    await page.getByTestId("email").fill(email);
    await page.getByTestId("password").fill(password);
    await page.getByTestId("sign-in").click();
    await page.getByTestId("field-problem").waitFor();
    const called = (name: string) => page.getByRole("textbox", { name, exact: true });
    const described = (name: string) =>
      called(name).evaluate((field) =>
        document.getElementById(`${field.getAttribute("aria-describedby")}`)?.textContent
      );
    assertEquals(
      [await called("Your name").count(), await called("Password").count()],
      [1, 1],
    );
    assertEquals(
      [await described("Your name"), await described("Password")],
      ["Your name is empty.", "At least 8 characters."],
    );
  });

  await t.step(
    "a list that didn't come is asked for again, and comes without words of what failed",
    async () => {
      let isFailing = true;
      await page.route("**/api/v1/meetings*", (route) => isFailing ? route.abort() : route.continue());
      await page.getByTestId("show-register").click();
      await page.getByTestId("register-name").fill("Ada");
      await page.getByTestId("email").fill(email);
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
    assertEquals(await page.getByRole("checkbox", { name: "Allow guests", exact: true }).count(), 1);
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

  await t.step("a link that can't be copied has the focus, to be copied by hand", async () => {
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await page.getByTestId("copy-link").first().focus();
    await page.keyboard.press("Enter");
    const field = page.locator('input[aria-label="The meeting\'s link"]:focus');
    await field.waitFor();
    const selected = await field.evaluate((input) =>
      input instanceof HTMLInputElement && input.selectionEnd === input.value.length &&
      input.selectionStart === 0
    );
    assertEquals(selected, true);
  });

  await t.step("a changed password is read out, and its section gives the focus back", async () => {
    await press(page, "change-password");
    const status = page.locator('section:has(h2:text("Change your password")) [role="status"]');
    await status.waitFor({ state: "attached" });
    await page.getByTestId("current-password").fill(password);
    await page.getByTestId("new-password").fill(crypto.randomUUID());
    await press(page, "save-password");
    await status.getByTestId("password-changed").waitFor();
    await readHeading(page, "Change your password");
    await press(page, "close-password");
    await page.locator('[data-testid="change-password"]:focus').waitFor();
  });

  await t.step("signing in from the lobby has a heading, which is read", async () => {
    await page.getByRole("button", { name: "Open" }).first().click();
    await page.getByTestId("lobby").waitFor();
    const address = page.url();
    await page.goto(stack.origin);
    await press(page, "sign-out");
    await page.getByTestId("show-register").waitFor();
    await page.goto(address);
    await page.getByTestId("lobby").waitFor();
    await press(page, "lobby-sign-in");
    await readHeading(page, "Sign in to join the meeting");
  });

  await t.step(
    "the lobby's camera stays off over signing in, and a guest's name over going back",
    async () => {
      const isDark = async () => {
        await page.getByTestId("level").waitFor();
        assertEquals(await page.getByTestId("preview").count(), 0);
      };
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByTestId("preview").waitFor();
      await page.getByTestId("display-name").fill("Gil");
      await page.getByTestId("lobby-camera").click();
      await page.getByTestId("lobby-sign-in").click();
      await page.getByRole("button", { name: "Back" }).click();
      await isDark();
      assertEquals(await page.getByTestId("display-name").inputValue(), "Gil");
      await page.getByTestId("lobby-sign-in").click();
      await createAccount(page, "Gil Account");
      await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
      await isDark();
      assertEquals(await page.getByTestId("display-name").inputValue(), "Gil Account");
    },
  );

  assertEquals(errors.filter((error) => !/net::ERR_FAILED|status of 400/.test(error)), []);
});
