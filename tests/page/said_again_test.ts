import { assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { openBrowser } from "../e2e/browser.ts";
import { crowdIn, enter, signUp } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";

/**
 * Does twice in a row what has the page say `words`, and waits each time for an element that was not there before: a
 * screen reader says what comes, and nothing of what stays.
 */
async function saysAgain(within: Page | Locator, words: string, act: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < 2; time++) {
    await act();
    const said = within.locator(".problem, .field-problem").getByText(words);
    await said.and(within.locator(":not([data-old])")).waitFor();
    await said.evaluate((element) => element.setAttribute("data-old", ""));
  }
}

Deno.test("page › a problem that comes again is said again", async (t) => {
  const stack = await sharedStack();
  await using browser = await openBrowser({ cameras: 2 });
  const crowd = crowdIn(browser);
  const ada = await crowd.open();
  const press = (testId: string) => ada.getByTestId(testId).click();

  await t.step("on the start page", async () => {
    await signUp(ada, stack.origin, "Ada");
    await ada.getByTestId("code").fill("no code");
    await saysAgain(ada, "That is neither a meeting's link nor its code.", () => press("enter-code"));

    await ada.route("**/auth/user/logout", (route) => route.abort());
    await saysAgain(ada, "You are still signed in.", () => press("sign-out"));

    await ada.getByTestId("meeting-name").fill("Weekly planning");
    await press("more-settings");
    await ada.getByTestId("max-participants").fill("0");
    await saysAgain(ada, "The number of people", () => press("create-meeting"));
    await ada.getByTestId("max-participants").fill("2");

    const other = await ada.context().newPage();
    await other.route("**/api/v1/meetings*", (route) => route.abort());
    await other.goto(stack.origin);
    await other.getByTestId("problem").waitFor();
    await saysAgain(other, "The server", () => other.getByTestId("load-meetings").click());
    assertEquals(await other.locator('[data-testid="load-meetings"]:focus').count(), 1, "it keeps the focus");
    await other.close();
  });

  await t.step("in the lobby", async () => {
    await press("create-meeting");
    await ada.getByTestId("preview").waitFor();
    await ada.getByTestId("display-name").fill(" ");
    await saysAgain(ada, "Enter your name.", () => press("join"));
    await saysAgain(ada, "Enter your name.", () => press("test-connection"));
  });

  const dialog = (name: string) => ada.getByTestId(`${name}-dialog`);
  const open = async (name: string) => {
    await press("more");
    await press(name);
  };

  await t.step("in the dialogs of the meeting", async () => {
    await enter(ada, "Ada");
    await press("show-people");
    await ada.locator('[data-testid="roster"] [data-name="Ada"]').getByTestId("person-menu-button").click();
    await press("rename");
    await ada.getByTestId("new-name").fill(" ");
    await saysAgain(dialog("name"), "Enter your name.", () => press("save-name"));
    await ada.keyboard.press("Escape");

    await open("settings");
    await press("more-settings");
    await ada.getByTestId("max-participants").fill("0");
    await saysAgain(dialog("settings"), "The number of people", () => press("save-settings"));
    await ada.keyboard.press("Escape");

    await ada.evaluate(() => {
      const refuse = () => Promise.reject(new DOMException("", "NotAllowedError"));
      Object.assign(navigator.mediaDevices, { getUserMedia: refuse });
    });
    await open("devices");
    const cameras = ada.getByTestId("camera-choice");
    const ids = await cameras.locator("option").evaluateAll((all) =>
      all.map((one) => one.getAttribute("value"))
    );
    const left = new Set(ids);
    left.delete(await cameras.inputValue());
    await saysAgain(dialog("devices"), "does not let this page use your camera", async () => {
      const [id] = left;
      await cameras.selectOption(id ?? "");
    });
    assertEquals(await ada.getByTestId("problem").count(), 1, "it is said in the dialog alone");
    await press("close-dialog");
    await dialog("devices").waitFor({ state: "detached" });
    assertEquals(await ada.getByTestId("problem").count(), 0);
  });

  await t.step("beside those who wait", async () => {
    const [bob, pia] = [await crowd.open(), await crowd.open()];
    for (const [page, name] of [[bob, "Bob"], [pia, "Pia"]] as const) {
      await page.goto(ada.url());
      await enter(page, name, "waiting");
    }
    await ada.locator('[data-name="Bob"]').getByTestId("admit").click();
    await bob.locator('[data-phase="joined"]').waitFor();
    await saysAgain(
      ada.getByTestId("waiting-panel"),
      "full",
      () => ada.locator('[data-name="Pia"]').getByTestId("admit").click(),
    );
  });

  assertEquals(crowd.errors, []);
});
