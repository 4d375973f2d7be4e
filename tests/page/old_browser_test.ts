import { assertEquals } from "@std/assert";
import { crowdIn, PHONE, scrollsSideways } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { screenshots } from "./screenshots.ts";

/** What older browsers lack: the page's script fails without some of it at once, and without the rest at the join. */
const LACKS: Readonly<Record<string, () => void>> = {
  "Promise.withResolvers": () => void Reflect.deleteProperty(Promise, "withResolvers"),
  "Map.groupBy": () => void Reflect.deleteProperty(Map, "groupBy"),
  "Intl.Segmenter": () => void Reflect.deleteProperty(Intl, "Segmenter"),
  popovers: () => void Reflect.deleteProperty(HTMLElement.prototype, "hidePopover"),
  "AbortSignal at all": () => void Reflect.deleteProperty(globalThis, "AbortSignal"),
};

Deno.test("old browser › is told so at the start page and at a meeting's link, with those that can", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const shoot = screenshots("old-browser");
  for (const [name, drop] of Object.entries(LACKS)) {
    await t.step(`without ${name}`, async () => {
      const page = await crowd.open(PHONE);
      await page.addInitScript(drop);
      for (const path of ["/", `/m/${"a".repeat(22)}`]) {
        await page.goto(stack.origin + path, { waitUntil: "load" });
        const words = page.getByTestId("old-browser");
        await words.getByRole("heading", { name: "This browser is too old for Dark Tower" }).waitFor();
        await words.getByText("Chrome or Edge from 120 on").waitFor();
        assertEquals(await page.locator("body > main").count(), 1);
        assertEquals(await page.locator("#root").count(), 0);
        assertEquals(await scrollsSideways(page), false);
      }
      await shoot("words", { page });
      await page.close();
    });
  }
});
