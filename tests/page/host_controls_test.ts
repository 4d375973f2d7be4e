import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, DESKTOP, enter, PHONE, scrollsSideways, signUp } from "../e2e/crowd.ts";
import { keptBrowser } from "./kept_browser.ts";
import { screenshots } from "./screenshots.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { watchCapture } from "./watched_capture.ts";

const inRoster = (page: Page, name: string) => page.locator(`[data-testid="roster"] [data-name="${name}"]`);
const control = (page: Page, testId: string, label: string) =>
  page.getByTestId(testId).getByText(label, { exact: true });
const told = (page: Page) => page.getByTestId("moderation");

/** A host's choice from somebody's menu in the roster, which is open. */
async function act(host: Page, name: string, item: string, beforeChoosing = async () => {}): Promise<void> {
  await inRoster(host, name).getByTestId("person-menu-button").click();
  await beforeChoosing();
  await host.getByTestId(item).click();
}

/** A choice from the menu of the meeting. */
async function choose(host: Page, item: string, beforeChoosing = async () => {}): Promise<void> {
  await host.getByTestId("more").click();
  await beforeChoosing();
  await host.getByTestId(item).click();
}

Deno.test("host controls › a meeting of four from admission to end", async (t) => {
  const stack = await sharedStack();
  for (const [screen, size] of [["a desktop", DESKTOP], ["a phone", PHONE]] as const) {
    await t.step(`on ${screen}`, async (t) => {
      await using browser = await keptBrowser();
      const crowd = crowdIn(browser);
      const shoot = screenshots(screen.replace("a ", ""));
      const ada = await crowd.open(size);
      await signUp(ada, stack.origin, "Ada");
      await ada.getByTestId("meeting-name").fill("Weekly planning");
      await ada.getByTestId("create-meeting").click();
      await enter(ada, "Ada");
      await shoot("alone", { ada });
      const address = ada.url();
      const [bob, pia, dan] = [await crowd.open(DESKTOP), await crowd.open(PHONE), await crowd.open(DESKTOP)];
      const captured = await watchCapture(bob);

      await t.step("the host lets people in, and opens the list", async () => {
        const guests = [[bob, "Bob"], [pia, "Pia"], [dan, "Dan"]] as const;
        await Promise.all(guests.map(async ([page, name]) => {
          await page.goto(address);
          await enter(page, name, "waiting");
        }));
        await ada.getByTestId("admit").nth(2).waitFor();
        await shoot("knock", { ada, bob, pia });
        // With the second click of a double click nobody else is let in, who now stands where Bob stood.
        await ada.locator('[data-name="Bob"]').getByTestId("admit").click();
        await bob.locator('[data-phase="joined"]').waitFor();
        await shoot("let-in", { ada });
        for (const _ of Array(2)) {
          await ada.mouse.down({ clickCount: 2 });
          await ada.mouse.up({ clickCount: 2 });
          await ada.locator('[data-testid="waiting-panel"] [data-name="Bob"]').waitFor({ state: "detached" });
        }
        assertEquals(await ada.locator('[data-testid="admit"]:not([aria-disabled="true"])').count(), 2);
        await ada.getByTestId("admit-all").click();
        for (const page of [bob, pia, dan]) await page.locator('[data-phase="joined"]').waitFor();
        await ada.getByTestId("show-people").click();
        await inRoster(ada, "Dan").waitFor();
        await shoot("everybody", { ada, bob, pia });
        assertEquals(await scrollsSideways(ada), false);
      });

      await t.step("a muted person reads so, can't switch on, and may again when it is lifted", async () => {
        await act(ada, "Bob", "mute-microphone");
        await told(bob).getByText("Ada has switched your microphone off. Only a host can allow it again")
          .waitFor();
        await control(bob, "mute", "Blocked").click();
        await bob.getByTestId("problem").getByText("A host has switched this off.").waitFor();
        await inRoster(ada, "Bob").getByText("microphone switched off by a host").waitFor();
        await shoot("muted", { ada, bob });
        await act(ada, "Bob", "allow-microphone");
        await told(bob).getByText("You may use your microphone again. It stays off").waitFor();
        await shoot("allowed", { bob });
        await control(bob, "mute", "Unmute").waitFor();
        await bob.getByTestId("moderation-accept").click();
        await control(bob, "mute", "Mute").waitFor();
        await inRoster(ada, "Bob").getByText("microphone on").waitFor();
      });

      await t.step("a camera that a host switches off is dark, and not captured any more", async () => {
        await act(ada, "Bob", "mute-camera");
        await control(bob, "camera", "Blocked").waitFor();
        await shoot("camera-off", { ada, bob });
        assertEquals((await captured.states()).filter((state) => state === "video live"), []);
        await act(ada, "Bob", "allow-camera");
        await bob.getByTestId("moderation-accept").click();
        await control(bob, "camera", "Camera off").waitFor();
      });

      await t.step("asked to unmute, somebody is asked, and nothing is done by itself", async () => {
        await inRoster(ada, "Pia").getByTestId("person-menu-button").click();
        await ada.getByTestId("mute-microphone").waitFor();
        await pia.getByTestId("mute").click();
        await inRoster(ada, "Pia").getByText("microphone off").waitFor();
        // What stands in an open menu isn't another thing when it is pressed.
        assertEquals(await ada.getByTestId("mute-microphone").isVisible(), true);
        await ada.keyboard.press("Escape");
        await act(ada, "Pia", "ask-microphone");
        await told(pia).getByText("Ada asks you to switch your microphone on.").waitFor();
        await shoot("asked", { ada, pia });
        assertEquals(await pia.getByTestId("mute").getAttribute("class"), "control off");
        assertEquals(await scrollsSideways(pia), false);
        await pia.getByTestId("moderation-dismiss").click();
        await pia.getByTestId("moderation").waitFor({ state: "detached" });
        await control(pia, "mute", "Unmute").waitFor({ state: "attached" });
      });

      await t.step("everybody else is muted at once, and may unmute", async () => {
        await choose(ada, "mute-all", () => shoot("menu", { ada }));
        await told(dan).getByText("Ada has switched your microphone off. You can switch it on again.")
          .waitFor();
        await shoot("all-muted", { ada, dan, pia });
        await control(ada, "mute", "Mute").waitFor({ state: "attached" });
        await dan.getByTestId("moderation-accept").click();
        await control(dan, "mute", "Mute").waitFor();
      });

      await t.step("what the meeting forbids stops, is said, and comes back only by its owner", async () => {
        await dan.getByTestId("show-chat").click();
        const input = dan.getByTestId("chat-input");
        await input.fill("Half a sentence");
        for (const _ of "a sentence") await dan.keyboard.press("ArrowLeft");
        await choose(ada, "permissions");
        await ada.getByTestId("permit-chat").uncheck();
        await ada.getByTestId("permit-camera").uncheck();
        await shoot("permissions", { ada });
        await ada.getByTestId("close-dialog").click();
        await dan.getByTestId("restrictions").getByText("For now only hosts may show themselves or write.")
          .waitFor();
        await control(dan, "camera", "Blocked").waitFor();
        const closed = dan.getByTestId("chat-closed");
        const [words, form] = [await closed.boundingBox(), await closed.locator("..").boundingBox()];
        assert(words && form && words.width > form.width * 0.8, "the words have the whole width");
        await dan.keyboard.type("not ");
        await dan.keyboard.press("Enter");
        assertEquals([await input.inputValue(), await dan.getByTestId("chat-message").count()], [
          "Half a sentence",
          0,
        ]);
        await shoot("forbidden", { ada, dan, pia });
        await choose(ada, "permissions");
        await ada.getByTestId("permit-chat").check();
        await ada.getByTestId("permit-camera").check();
        await ada.getByTestId("close-dialog").click();
        await dan.getByTestId("restrictions").waitFor({ state: "detached" });
        await control(dan, "camera", "Camera on").waitFor();
        // Whoever was typing goes on where they were.
        await dan.keyboard.type("of ");
        assertEquals(await input.inputValue(), "Half of a sentence");
        await input.fill("");
        await dan.getByTestId("close-panel").click();
      });

      await t.step("a locked meeting says so, and lets nobody new in", async () => {
        await choose(ada, "lock");
        await dan.getByTestId("locked").waitFor();
        await shoot("locked", { ada, dan });
        const late = await crowd.open(DESKTOP);
        await late.goto(address);
        await late.getByTestId("display-name").fill("Late");
        await late.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
        await late.getByTestId("join").click();
        await late.getByTestId("ending").waitFor();
        assertEquals(await late.getByTestId("ending").getAttribute("data-reason"), "locked");
        await shoot("refused-by-lock", { late });
        await choose(ada, "lock");
        await dan.getByTestId("locked").waitFor({ state: "detached" });
      });

      await t.step("a second host may do what the first may, and lays it down", async () => {
        await act(ada, "Bob", "promote");
        await inRoster(ada, "Bob").getByText("Host", { exact: true }).waitFor();
        await bob.getByTestId("show-people").click();
        // Whoever created the meeting stays in it, as its host.
        await inRoster(bob, "Ada").getByTestId("person-menu-button").click();
        await bob.getByTestId("write-to").waitFor();
        await shoot("menu-of-creator", { bob });
        for (const item of ["demote", "remove", "ban"]) assertEquals(await bob.getByTestId(item).count(), 0);
        await bob.keyboard.press("Escape");
        await act(bob, "Bob", "demote");
        await inRoster(ada, "Bob").getByText("Host", { exact: true }).waitFor({ state: "detached" });
        await bob.getByTestId("more").click();
        assertEquals(await bob.getByTestId("end-meeting").count(), 0);
        await shoot("menu-of-no-host", { bob });
        await bob.keyboard.press("Escape");
      });

      await t.step("the meeting's creator changes its settings while it runs", async () => {
        await choose(ada, "settings");
        await ada.getByTestId("meeting-name").fill("Weekly planning, part 2");
        await ada.getByTestId("more-settings").click();
        await ada.getByTestId("max-participants").fill("no number");
        await ada.getByTestId("save-settings").click();
        await ada.getByTestId("field-problem").getByText("The number of people is not a whole number.")
          .waitFor();
        await shoot("settings-refused", { ada });
        await ada.getByTestId("max-participants").fill("12");
        await ada.getByTestId("setting-screen").uncheck();
        await ada.getByTestId("on-join-camera").uncheck();
        assertEquals(await scrollsSideways(ada), false);
        await ada.getByTestId("save-settings").click();
        await ada.getByTestId("settings-dialog").waitFor({ state: "detached" });
        await bob.getByRole("heading", { name: "Weekly planning, part 2" }).waitFor();
        await bob.getByTestId("restrictions").getByText("For now only hosts may share a screen.").waitFor();
        await shoot("settings-changed", { ada, bob });
        const guest = await crowd.open(DESKTOP);
        const theirs = await watchCapture(guest);
        await guest.goto(address);
        await guest.getByTestId("level").waitFor();
        assertEquals(await theirs.states(), ["audio live"]);
        await guest.close();
      });

      await t.step("a removal is asked for first, and told", async () => {
        await act(ada, "Dan", "remove", () => shoot("menu-of-somebody", { ada }));
        await ada.getByTestId("confirm").waitFor();
        await shoot("removal-asked", { ada });
        await ada.keyboard.press("Escape");
        await ada.getByTestId("confirm").waitFor({ state: "detached" });
        await inRoster(ada, "Dan").waitFor();
        await act(ada, "Dan", "ban");
        await ada.getByTestId("confirm-action").click();
        await dan.getByTestId("ending").waitFor();
        assertEquals(await dan.getByTestId("ending").getAttribute("data-reason"), "removed");
        await shoot("removed", { ada, dan });
        await inRoster(ada, "Dan").waitFor({ state: "detached" });
      });

      await t.step("one's own name is changed where that is permitted", async () => {
        await pia.getByTestId("show-people").click();
        await act(pia, "Pia", "rename");
        await pia.getByTestId("new-name").fill("Pia P.");
        await shoot("renaming", { pia });
        await pia.getByTestId("save-name").click();
        await inRoster(ada, "Pia P.").waitFor();
      });

      await t.step("everything stops at one word, and the meeting ends for all at another", async () => {
        await choose(ada, "suspend");
        await shoot("suspend-asked", { ada });
        await ada.getByTestId("confirm-action").click();
        await control(bob, "mute", "Blocked").waitFor();
        await control(bob, "camera", "Blocked").waitFor();
        for (const name of ["Microphone: blocked", "Camera: blocked", "Screen: blocked"]) {
          await bob.getByRole("button", { name }).waitFor();
        }
        await bob.getByTestId("locked").waitFor();
        await shoot("suspended", { ada, bob, pia });
        assertEquals((await captured.states()).filter((state) => state === "video live"), []);
        assertEquals(await scrollsSideways(ada), false);
        // A change of the settings leaves what is stopped as it is.
        await choose(ada, "settings");
        await ada.getByTestId("meeting-name").fill("Weekly planning, part 3");
        await ada.getByTestId("save-settings").click();
        await ada.getByTestId("settings-dialog").waitFor({ state: "detached" });
        await bob.getByRole("heading", { name: "Weekly planning, part 3" }).waitFor();
        await control(bob, "mute", "Blocked").waitFor();
        await control(bob, "camera", "Blocked").waitFor();
        await choose(ada, "end-meeting");
        await ada.getByTestId("confirm-action").click();
        for (const page of [ada, bob, pia]) {
          await page.getByTestId("ending").waitFor();
          assertEquals(await page.getByTestId("ending").getAttribute("data-reason"), "ended");
        }
        await shoot("ended", { ada, bob, pia });
      });

      assertEquals(crowd.errors, []);
    });
  }
});
