import { assertEquals } from "@std/assert";
import { openBrowser } from "../e2e/browser.ts";
import { enter } from "../e2e/crowd.ts";
import { joinWithFirefox, openFirefox } from "../e2e/firefox.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";

Deno.test("page › where the browser keeps nothing for pages, a guest joins all the same", async () => {
  const stack = await sharedStack();
  const code = await (await createHost(stack.origin)).create({ waiting_room: false });
  await using browser = await openBrowser({ withoutStorage: true });
  const { page, errors } = browser;
  const thrown: string[] = [];
  page.on("pageerror", ({ message }) => thrown.push(message));
  await page.goto(stack.origin);
  const refusal = await page.evaluate(() => {
    try {
      return localStorage.length;
    } catch (error) {
      return error instanceof DOMException ? error.name : "";
    }
  });
  assertEquals(refusal, "SecurityError");
  await page.getByTestId("show-register").waitFor();
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  const device = await page.getByTestId("camera-choice").locator("option").nth(1).getAttribute("value");
  await page.getByTestId("camera-choice").selectOption("");
  await page.getByText("Your camera is off").waitFor();
  await page.getByTestId("camera-choice").selectOption(device);
  await page.getByTestId("preview").waitFor();
  await enter(page, "Ada");
  await page.getByTestId("self-tile").locator("video").waitFor();
  // There is no seat to come back to, neither for a page that the browser kept and shows again nor after a reload.
  await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
  await enter(page, "Ada");
  await page.reload();
  await page.getByTestId("lobby").waitFor();
  assertEquals([thrown, errors.filter((error) => !/401/.test(error))], [[], []]);
});

Deno.test("page › where Firefox keeps nothing for pages, and gives them no channel to other tabs, a guest joins all the same", async () => {
  const stack = await sharedStack();
  const code = await (await createHost(stack.origin)).create({ waiting_room: false });
  const blocked = 2;
  await using firefox = await openFirefox(440, { "network.cookie.cookieBehavior": blocked });
  const { page } = firefox;
  await page.goto(stack.origin);
  const refusal = await page.evaluate(() => {
    try {
      new BroadcastChannel("any").close();
    } catch (error) {
      return error instanceof DOMException ? error.name : "";
    }
  });
  assertEquals(refusal, "SecurityError");
  await page.waitForSelector('[data-testid="show-register"]');
  await joinWithFirefox(firefox, `${stack.origin}/m/${code}`, "Fox");
});
