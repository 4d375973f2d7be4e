import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, DESKTOP, enter, PHONE, scrollsSideways, signUp, SMALL_PHONE } from "../e2e/crowd.ts";
import { cutButtons } from "./cut_buttons.ts";
import { outOfDirection } from "./direction.ts";
import { keptBrowser } from "./kept_browser.ts";
import { screenshots } from "./screenshots.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase, watchConnections } from "../e2e/watched_connections.ts";
import { watchCapture } from "./watched_capture.ts";

const shoot = screenshots("screen");

const LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff der Ältere von Unterhaching";
const LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen".repeat(2);
const HEBREW = {
  title: "תכנון שבועי של כל מי שבונה את המגדל",
  name: "שרה כהן",
  initials: "שכ",
  message: "שלום לכולם, הנה הקישור: https://example.org/a/very/long/path?with=a&query=string#and-more",
};

/**
 * Looks at a page in each size: nothing of it is beyond the window's side, no button's words are cut, and the words of
 * people that are written from the right stand so, and for themselves.
 */
async function look(moment: string, page: Page): Promise<void> {
  for (
    const [screen, size] of [["small phone", SMALL_PHONE], ["phone", PHONE], ["desktop", DESKTOP]] as const
  ) {
    await page.setViewportSize(size);
    assertEquals(await scrollsSideways(page), false, `${moment} on a ${screen}`);
    assertEquals(await cutButtons(page), [], `${moment} on a ${screen}`);
    assertEquals(await outOfDirection(page, Object.values(HEBREW)), [], `${moment} on a ${screen}`);
    await shoot(moment, { [screen.replace(" ", "-")]: page });
  }
}

Deno.test("screens › each fits a desktop and a phone, before, in and after a meeting", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const ada = await crowd.open();
  let address = "";

  await t.step("the start page, and what it refuses", async () => {
    await ada.goto(stack.origin);
    await ada.getByTestId("sign-in").waitFor();
    await look("start", ada);
    await ada.getByTestId("code").fill("no link at all");
    await ada.getByTestId("enter-code").click();
    await ada.getByTestId("field-problem").waitFor();
    await ada.getByTestId("email").fill("ada@example.org");
    await ada.getByTestId("password").fill("wrong password");
    await ada.getByTestId("sign-in").click();
    await ada.getByTestId("problem").waitFor();
    await look("start-refused", ada);
    await ada.getByTestId("show-register").click();
    await ada.getByTestId("register-name").fill("\u202eada");
    await ada.getByTestId("sign-in").click();
    await ada.getByTestId("field-problem").nth(1).waitFor();
    await look("register-refused", ada);
    await ada.goto(`${stack.origin}/nowhere`);
    await look("unknown-address", ada);
  });

  await t.step("the start page of somebody who is signed in", async () => {
    await signUp(ada, stack.origin, "Ada");
    await look("home-empty", ada);
    await ada.getByTestId("more-settings").click();
    await look("home-settings", ada);
    await ada.getByTestId("change-password").click();
    await look("home-password", ada);
    await ada.getByTestId("close-password").click();
    await ada.getByTestId("meeting-name").fill(HEBREW.title);
    await ada.getByTestId("create-meeting").click();
    await ada.getByTestId("preview").waitFor();
    address = ada.url();
    await look("lobby-member", ada);
  });

  const gus = await crowd.open();
  await watchConnections(gus);
  await gus.clock.install();
  const captured = await watchCapture(gus);
  await t.step("a guest's lobby, its connection test, and a link that leads nowhere", async () => {
    await gus.goto(`${stack.origin}/m/${"a".repeat(22)}`);
    await gus.getByTestId("ending").waitFor();
    await look("wrong-link", gus);
    await gus.goto(address);
    await gus.getByTestId("preview").waitFor();
    await look("lobby-guest", gus);
    await gus.getByTestId("lobby-camera").click();
    await gus.getByTestId("lobby-mute").click();
    await gus.getByTestId("test-connection").click();
    await gus.getByTestId("field-problem").waitFor();
    await look("lobby-refused", gus);
    await gus.getByTestId("display-name").fill(LONG_NAME);
    await gus.getByTestId("test-connection").click();
    await gus.locator('[data-testid="test-summary"][data-over="true"]').waitFor({ timeout: 60_000 });
    await look("connection-test", gus);
    await gus.getByTestId("close-test").click();
    await gus.getByTestId("lobby-mute").click();
    await enter(gus, LONG_NAME, "waiting");
    await look("waiting", gus);
  });

  await t.step("alone, and with one who knocks", async () => {
    await ada.reload();
    await enter(ada, "Ada");
    await ada.getByTestId("admit").waitFor();
    await look("knock", ada);
    await ada.getByTestId("admit").click();
    await inPhase(gus, "joined");
    await ada.getByTestId("tile").waitFor();
    await look("two", ada);
  });

  const [sara, pia] = [await crowd.open(), await crowd.open()];
  await t.step("three and four people, of long names and right-to-left ones", async () => {
    for (const [page, name] of [[sara, HEBREW.name], [pia, "Pia"]] as const) {
      await page.goto(address);
      await enter(page, name, "waiting");
      await ada.getByTestId("admit").waitFor();
      if (page === sara) await look("knock-from-the-right", ada);
      await ada.getByTestId("admit").click();
      await inPhase(page, "joined");
      await ada.locator(`[data-testid="tile"][data-name="${name}"]`).waitFor();
      await look(`with-${name === "Pia" ? "four" : "three"}`, ada);
    }
    await pia.getByTestId("hand").click();
    await sara.getByTestId("hand").click();
    await ada.getByTestId("show-people").click();
    await ada.getByTestId("hand").nth(1).waitFor();
    await look("roster", ada);
  });

  await t.step("the chat, with long words, right-to-left texts, links and what is to one alone", async () => {
    await ada.getByTestId("show-chat").click();
    await look("chat-empty", ada);
    await sara.getByTestId("show-chat").click();
    const say = async (page: Page, text: string) => {
      await page.getByTestId("chat-input").fill(text);
      await page.getByTestId("chat-send").click();
    };
    await say(sara, HEBREW.message);
    await say(ada, LONG_WORD);
    await say(ada, "A list:\n 1. first\n 2. second\n\nAnd **no** <b>markup</b>.");
    await ada.getByTestId("chat-to").selectOption({ label: "Pia" });
    await say(ada, "This is for you alone.");
    await ada.getByTestId("private").waitFor();
    await ada.getByTestId("chat-to").selectOption({ label: HEBREW.name });
    await say(ada, "And this for you.");
    await ada.getByTestId("private").nth(1).waitFor();
    await ada.getByTestId("chat-input").fill(HEBREW.message);
    await look("chat", ada);
    await ada.getByTestId("chat-input").fill("");
    await look("chat-to-one", ada);
    await pia.getByTestId("show-chat").getByText("unread").waitFor({ state: "attached" });
    await look("unread", pia);
    await ada.getByTestId("close-panel").click();
  });

  await t.step("a shared screen, a pin, the speaker's view and sound alone", async () => {
    await sara.evaluate(() => {
      navigator.mediaDevices.getDisplayMedia = () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 1600, height: 900 });
        const context = canvas.getContext("2d");
        setInterval(() => {
          if (!context) return;
          context.fillStyle = "white";
          context.fillRect(0, 0, 1600, 900);
          context.fillStyle = "black";
          context.font = "64px sans-serif";
          context.fillText(`A slide, ${Date.now()}`, 80, 160);
        }, 200);
        return Promise.resolve(canvas.captureStream(5));
      };
    });
    await sara.getByTestId("screen").click();
    await ada.locator('[data-testid="screen-tile"] video').waitFor();
    await look("screen-shared", ada);
    await look("screen-own", sara);
    await sara.getByTestId("screen").click();
    await ada.getByTestId("screen-tile").waitFor({ state: "detached" });
    const choose = async (item: string) => {
      await ada.getByTestId("more").click();
      await ada.getByTestId(item).click();
    };
    await ada.getByTestId("more").click();
    await look("menu", ada);
    await ada.keyboard.press("Escape");
    await choose("view-mode");
    await ada.locator(".stage-beside").waitFor();
    await look("speaker", ada);
    await choose("view-mode");
    await choose("audio-only");
    await ada.locator('[data-testid="tile"] video').first().waitFor({ state: "detached" });
    await look("sound-alone", ada);
    await choose("audio-only");
  });

  await t.step(
    "a connection that is lost, and one that is lost for good: nothing is captured then",
    async () => {
      await gus.getByTestId("screen").click();
      await gus.getByTestId("screen-tile").waitFor();
      await gus.evaluate(() => {
        globalThis.isSignalingBlocked = true;
        globalThis.openedSockets.at(-1)?.close();
      });
      await inPhase(gus, "reconnecting");
      await look("reconnecting", gus);
      await ada.getByText("reconnecting…").first().waitFor();
      await look("somebody-away", ada);
      const live = (await captured.states()).filter((state) => state.endsWith(" live"));
      assert(live.length >= 3, `${live}`);
      // So long it is tried to come back. One leap of that length would be a machine's sleep, after which it is tried anew.
      for (let leap = 0; leap < 8; leap++) await gus.clock.fastForward(4_000);
      await gus.getByTestId("ending").waitFor();
      assertEquals((await captured.states()).filter((state) => state.endsWith(" live")), []);
      await look("lost", gus);
    },
  );

  await t.step("whoever left, was removed, or comes to what is over", async () => {
    await pia.getByTestId("leave").click();
    await pia.getByTestId("ending").waitFor();
    await look("left", pia);
    await ada.getByTestId("show-people").click();
    await ada.locator(`[data-testid="roster"] [data-name="${HEBREW.name}"]`).getByTestId("person-menu-button")
      .click();
    await look("menu-of-somebody", ada);
    await ada.getByTestId("ban").click();
    await look("removal-asked", ada);
    await ada.getByTestId("confirm-action").click();
    await sara.getByTestId("ending").waitFor();
    await look("removed", sara);
    await ada.getByTestId("more").click();
    await ada.getByTestId("end-meeting").click();
    await ada.getByTestId("confirm-action").click();
    await ada.getByTestId("ending").waitFor();
    await look("ended", ada);
    await ada.getByTestId("go-home").click();
    await ada.getByTestId("meeting-list").waitFor();
    await look("home-list", ada);
  });
  assertEquals(crowd.errors, []);
});
