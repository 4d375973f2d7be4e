import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, signUp } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase } from "../e2e/watched_connections.ts";
import { keptBrowser } from "./kept_browser.ts";

/** Presses what a person reaches with the keyboard: it has the focus before it goes. */
async function press(page: Page, selector: string): Promise<void> {
  await page.locator(selector).focus();
  await page.keyboard.press("Enter");
}

const byId = (testId: string) => `[data-testid="${testId}"]`;
const focused = (page: Page, selector: string) => page.locator(`${selector}:focus`).waitFor();
const spoken = (page: Page, words: string) =>
  page.getByTestId("spoken").getByText(words, { exact: true }).waitFor();

/** The words of a screen's heading that has the focus, with what is read after it. */
function readOfHeading(page: Page): Promise<string[]> {
  return page.locator("h1:focus").evaluate((heading) => {
    const description = document.getElementById(heading.getAttribute("aria-describedby") ?? "");
    return [heading.textContent, description?.textContent ?? ""];
  });
}

Deno.test("keyboard › the focus is never lost, and what others do is spoken", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const [ada, bob, pia] = [await crowd.open(), await crowd.open(), await crowd.open()];

  async function join(page: Page, name: string, phase: "joined" | "waiting"): Promise<void> {
    await page.getByTestId("preview").waitFor();
    await page.getByTestId("display-name").fill(name);
    await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
    await press(page, byId("join"));
    await inPhase(page, phase);
  }

  await t.step("whoever joins is at the heading of the meeting, or of its waiting room", async () => {
    await signUp(ada, stack.origin, "Ada");
    await ada.getByTestId("meeting-name").fill("Weekly planning");
    await ada.getByTestId("create-meeting").click();
    await join(ada, "Ada", "joined");
    await focused(ada, `${byId("meeting")} h1`);
    // What comes into an element that was there before is read.
    for (const part of [".banners div", ".stage div", ".controls-bar div"]) {
      await ada.locator(`${part}[role="status"]:empty`).waitFor({ state: "attached" });
    }
    for (const [page, name] of [[bob, "Bob"], [pia, "Pia"]] as const) {
      await page.goto(ada.url());
      await join(page, name, "waiting");
      await focused(page, `${byId("waiting-room")} h1`);
      await ada.locator(`${byId("waiting-panel")} [data-name="${name}"]`).waitFor();
      await spoken(ada, `${name} waits to be let in`);
    }
  });

  await t.step(
    "whoever lets people in is at the next of them, and at the meeting after the last",
    async () => {
      await ada.locator(`[data-name="Bob"] ${byId("admit")}`).focus();
      await ada.keyboard.down("Enter");
      await focused(ada, `[data-name="Pia"] ${byId("admit")}`);
      // It is still held down.
      await ada.keyboard.down("Enter");
      await ada.keyboard.up("Enter");
      assertEquals(
        await ada.locator(`[data-name="Pia"] ${byId("admit")}`).getAttribute("aria-disabled"),
        "false",
      );
      await spoken(ada, "Bob joined");
      await focused(bob, `${byId("meeting")} h1`);
      await ada.keyboard.press("Enter");
      await ada.getByTestId("waiting-panel").waitFor({ state: "detached" });
      await focused(ada, `${byId("meeting")} h1`);
      for (const page of [ada, bob]) await spoken(page, "Pia joined");
    },
  );

  await t.step("a banner that was answered leaves the focus in the meeting", async () => {
    await ada.getByTestId("more").click();
    await ada.getByTestId("mute-all").click();
    await press(bob, byId("moderation-dismiss"));
    await bob.getByTestId("moderation").waitFor({ state: "detached" });
    await focused(bob, `${byId("meeting")} h1`);
  });

  await t.step("a message, a hand and who leaves are spoken; a message in the open chat is not", async () => {
    const say = async (words: string) => {
      await bob.getByTestId("chat-input").fill(words);
      await bob.getByTestId("chat-send").click();
    };
    await bob.getByTestId("show-chat").click();
    await say("one");
    await spoken(ada, "Message from Bob");
    await ada.getByTestId("show-chat").click();
    await say("two");
    await ada.getByTestId("chat-message").getByText("two").waitFor();
    await bob.getByTestId("hand").click();
    await spoken(ada, "Bob raised a hand");
    assertEquals(await ada.getByTestId("spoken").textContent(), "Bob raised a hand");
    await ada.getByTestId("close-panel").click();
    const box = await ada.getByTestId("spoken").boundingBox();
    assertEquals([box?.width, box?.height], [1, 1]);
    await press(pia, byId("leave"));
    await spoken(ada, "Pia left");
    assertEquals(await readOfHeading(pia), ["You left", "You can come back while it goes on."]);
  });

  await t.step("a button whose label says what a press does is not said to be pressed besides", async () => {
    const pressed = (testId: string) => bob.getByTestId(testId).getAttribute("aria-pressed");
    await bob.getByTestId("hand").getByText("Lower hand").waitFor();
    assertEquals([await pressed("hand"), await pressed("show-chat")], [null, "true"]);
  });

  await t.step("what is on is seen without its colours, and a reaction without a motion", async () => {
    await bob.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    const borderOf = (testId: string) =>
      bob.getByTestId(testId).evaluate((button) => getComputedStyle(button).borderTopWidth);
    assertEquals([await borderOf("hand"), await borderOf("show-chat"), await borderOf("leave")], [
      "3px",
      "3px",
      "1px",
    ]);
    await ada.getByTestId("more").click();
    await ada.getByTestId("react").first().click();
    const motion = await bob.locator(".reactions li").first().evaluate((one) =>
      getComputedStyle(one).animationName
    );
    assertEquals(motion, "fade");
    await bob.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
  });

  await t.step("whoever clicked beside everything has the focus nowhere, and it stays so", async () => {
    await bob.getByTestId("mute").click();
    await bob.getByTestId("mute").getByText("Mute", { exact: true }).waitFor();
    await ada.getByTestId("more").click();
    await ada.getByTestId("mute-all").click();
    await bob.getByTestId("moderation-dismiss").focus();
    await bob.locator(".meeting-header .brand").click();
    // The banner goes with what it is about.
    await bob.getByTestId("moderation-accept").dispatchEvent("click");
    await bob.getByTestId("moderation").waitFor({ state: "detached" });
    assertEquals(await bob.evaluate(() => document.activeElement === document.body), true);
  });

  await t.step("the end is read, and after it the lobby", async () => {
    await press(bob, byId("leave"));
    await press(bob, byId("rejoin"));
    await focused(bob, `${byId("lobby")} h1`);
    await ada.getByTestId("more").click();
    await ada.getByTestId("end-meeting").click();
    await press(ada, byId("confirm-action"));
    await ada.getByTestId("ending").waitFor();
    assertEquals(await readOfHeading(ada), ["The meeting is over", "Nobody can join it any more."]);
  });

  assertEquals(crowd.errors, []);
});
