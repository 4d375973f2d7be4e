import { assertEquals, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { signUp } from "../e2e/crowd.ts";
import { createMeeting } from "../e2e/participant.ts";
import { startStack } from "../e2e/stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { openWindow } from "./open_window.ts";

/** Loads the start page again; answers whether somebody is signed in on it. */
async function isSignedIn(page: Page): Promise<boolean> {
  await page.reload();
  const [signOut, signIn] = [page.getByTestId("sign-out"), page.getByTestId("show-sign-in")];
  await signOut.or(signIn).waitFor();
  return await signOut.isVisible();
}

/** Opens the only meeting in the start page's list; answers the name that its lobby has for the account. */
async function nameInOnlyMeeting(page: Page): Promise<string> {
  await page.getByTestId("meeting-list").getByRole("button", { name: "Open" }).click();
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
  return await page.getByTestId("display-name").inputValue();
}

Deno.test("accounts › two deployments on one host, in two windows of one browser", async (t) => {
  await using one = await startStack();
  await using other = await startStack();
  await using browser = await keptBrowser();
  const tabs = [
    { page: browser.page, origin: one.origin, name: "Ada" },
    { page: await openWindow(browser.page), origin: other.origin, name: "Bea" },
  ] as const;
  const [ada, bea] = tabs;
  assertEquals(new URL(one.origin).hostname, new URL(other.origin).hostname);
  assertNotEquals(one.origin, other.origin);

  await t.step("signing in at one leaves the session at the other alone", async () => {
    for (const { page, origin, name } of tabs) {
      await signUp(page, origin, name);
      await createMeeting({ page }, `Weekly of ${name}`, { allowGuests: true, waitingRoom: false });
      await page.goto(`${origin}/`);
    }
    for (const { page, name } of tabs) assertEquals([name, await isSignedIn(page)], [name, true]);
  });

  await t.step("each window is its own person's", async () => {
    for (const { page, origin, name } of tabs) {
      assertEquals(await nameInOnlyMeeting(page), name);
      await page.goto(`${origin}/`);
    }
  });

  await t.step("signing out at one leaves the session at the other alone", async () => {
    await ada.page.getByTestId("sign-out").click();
    await ada.page.getByTestId("show-sign-in").waitFor();
    assertEquals(await isSignedIn(bea.page), true);
    assertEquals(await isSignedIn(ada.page), false);
  });
});
