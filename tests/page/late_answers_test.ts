import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, enter, signUp } from "../e2e/crowd.ts";
import { createMeeting } from "../e2e/participant.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";

/** Holds what the page asks with `POST` at addresses that end so, until the answer is called; it waits for the server's. */
async function holdBack(page: Page, ending: string): Promise<() => Promise<void>> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const pattern = `**/${ending}`;
  await page.route(pattern, async (route) => {
    if (route.request().method() === "POST") await released;
    await route.continue();
  });
  return async () => {
    const answered = page.waitForResponse((response) =>
      response.url().endsWith(ending) && response.request().method() === "POST"
    );
    release();
    await (await answered).finished();
    // What the page does about the answer is shown with the second picture after it.
    await page.evaluate(() =>
      new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))
    );
    await page.unroute(pattern);
  };
}

const isIn = (page: Page) => page.locator('[data-testid="meeting"] [data-phase="joined"]').isVisible();

Deno.test("late answers › nobody is taken out of the meeting that they have joined meanwhile", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const ada = await crowd.open();
  await signUp(ada, stack.origin, "Ada");
  await createMeeting({ page: ada }, "Daily", { allowGuests: true, waitingRoom: false });
  const address = ada.url();
  await ada.goto(stack.origin);

  await t.step("by a meeting that was created before another one was opened", async () => {
    const answer = await holdBack(ada, "api/v1/meetings");
    await ada.getByTestId("meeting-name").fill("Weekly");
    await ada.getByTestId("create-meeting").click();
    await ada.getByRole("button", { name: "Open" }).click();
    await enter(ada, "Ada");
    await answer();
    assertEquals([ada.url(), await isIn(ada)], [address, true]);
    await ada.goto(stack.origin);
    await ada.getByTestId("meeting-list").getByText("Weekly").waitFor();
  });

  await t.step("by a sign-in that was left for the visit as a guest", async () => {
    const bea = await crowd.open();
    const [email, password] = [`${crypto.randomUUID()}@example.org`, crypto.randomUUID()];
    await bea.goto(stack.origin);
    await bea.getByTestId("show-register").click();
    await bea.getByTestId("register-name").fill("Bea");
    await bea.getByTestId("email").fill(email);
    await bea.getByTestId("password").fill(password);
    await bea.getByTestId("sign-in").click();
    await bea.getByTestId("sign-out").click();
    await bea.getByTestId("show-register").waitFor();
    await bea.goto(address);
    await bea.getByTestId("lobby-sign-in").click();
    const answer = await holdBack(bea, "auth/user/token");
    await bea.getByTestId("email").fill(email);
    await bea.getByTestId("password").fill(password);
    await bea.getByTestId("sign-in").click();
    await bea.getByRole("button", { name: "Back" }).click();
    await enter(bea, "Bea, a guest");
    await answer();
    assertEquals([bea.url(), await isIn(bea)], [address, true]);
  });

  assertEquals(crowd.errors, []);
});
