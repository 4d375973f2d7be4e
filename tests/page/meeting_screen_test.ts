import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, DESKTOP, enter, PHONE, scrollsSideways, signUp } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";

declare global {
  /** How many tones the page has begun to play. */
  var startedTones: number;
  /** While set, a chat message is answered as by a server that has too much to do. */
  var refusesChat: boolean;
  /** How often the page has looked at what it hears. */
  var takenLooks: number;
  /** Whether the microphone hears a tone. */
  var setTone: (isOn: boolean) => void;
}

async function mayRefuseChat(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      const { id, type } = typeof data === "string" ? JSON.parse(data) : {};
      if (!globalThis.refusesChat || type !== "chat.send") return send.call(this, data);
      const answer = JSON.stringify({
        re: id,
        ok: false,
        error: { code: "OVERLOADED", message: "too much" },
      });
      this.dispatchEvent(new MessageEvent("message", { data: answer }));
    };
  });
}

/** As on iOS: a volume that is set holds until the next turn. */
async function mayNotSetVolume(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const volume = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "volume");
    if (!volume?.set) throw new Error("there is no volume");
    const { set } = volume;
    Object.defineProperty(HTMLMediaElement.prototype, "volume", {
      ...volume,
      set(value) {
        set.call(this, value);
        queueMicrotask(() => set.call(this, 1));
      },
    });
  });
}

const videos = (page: Page) => page.locator('[data-testid="tile"] video');
const inRoster = (page: Page, name: string) => page.locator(`[data-testid="roster"] [data-name="${name}"]`);

/** The names on the tiles, in their order. */
const tiles = (page: Page) =>
  page.locator("figure").evaluateAll((all) => all.map((tile) => tile.getAttribute("data-name")));

async function choose(page: Page, item: string): Promise<void> {
  await page.getByTestId("more").click();
  await page.getByTestId(item).click();
}

Deno.test("meeting screen › what each person sees, says and chooses", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const ada = await crowd.open(DESKTOP);
  const signaling = ada.waitForEvent("websocket");
  await ada.addInitScript(() => {
    globalThis.startedTones = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (when) {
      globalThis.startedTones++;
      start.call(this, when);
    };
  });
  await signUp(ada, stack.origin, "Ada");
  await ada.getByTestId("meeting-name").fill("Weekly planning");
  await ada.getByTestId("create-meeting").click();
  await enter(ada, "Ada");
  const address = ada.url();
  const [bob, pia, sara] = [await crowd.open(DESKTOP), await crowd.open(PHONE), await crowd.open(DESKTOP)];

  await mayRefuseChat(bob);
  await mayNotSetVolume(pia);

  await t.step(
    "whoever may let people in hears a knock for each who comes, and lets all in at once",
    async () => {
      await Promise.all([bob, pia, sara].map((page) => page.goto(address)));
      for (const [page, name, knocks] of [[bob, "Bob", 1], [pia, "Pia", 2], [sara, "שרה", 3]] as const) {
        await enter(page, name, "waiting");
        await ada.locator(`[data-testid="waiting-panel"] [data-name="${name}"]`).waitFor();
        assertEquals(await ada.evaluate(() => startedTones), knocks * 2);
        assertEquals(await scrollsSideways(page), false);
      }
      assertEquals(await pia.getByTestId("meeting").count(), 0);
      await ada.getByTestId("admit-all").click();
      for (const page of [bob, pia, sara]) await page.locator('[data-phase="joined"]').waitFor();
      await ada.getByTestId("waiting-panel").waitFor({ state: "detached" });
      await videos(ada).nth(2).waitFor();
    },
  );

  await t.step("raised hands come first, in their order, and are counted", async () => {
    await sara.getByTestId("hand").click();
    await ada.getByTestId("show-people").click();
    await inRoster(ada, "שרה").getByTestId("hand").waitFor();
    await ada.getByTestId("show-people").getByText("1").waitFor();
    assertEquals(await ada.getByTestId("roster").locator("li").first().getAttribute("data-name"), "שרה");
    await sara.getByTestId("hand").getByText("Lower hand").click();
    await inRoster(ada, "שרה").getByTestId("hand").waitFor({ state: "detached" });
  });

  await t.step("a reaction is seen with its sender's name, and fades", async () => {
    await pia.getByTestId("more").click();
    await pia.getByTestId("react").first().click();
    const reaction = bob.getByTestId("reactions").locator("li");
    await reaction.getByText("Pia").waitFor();
    await reaction.waitFor({ state: "detached" });
  });

  await t.step("one person can be written to alone, and nobody else reads it", async () => {
    await inRoster(ada, "Bob").getByTestId("person-menu-button").click();
    await ada.getByTestId("write-to").click();
    await ada.getByTestId("chat-input").fill("See https://example.org/notes.");
    await ada.getByTestId("chat-send").click();
    // Who walks through the names with the keyboard stays at them.
    const names = ada.getByTestId("chat-to");
    await names.focus();
    for (const key of ["ArrowDown", "ArrowUp", "Home"]) await ada.keyboard.press(key);
    assertEquals(await names.evaluate((select) => document.activeElement === select), true);
    assertEquals(await names.inputValue(), "");
    await ada.locator('figure[data-name="Bob"]').hover();
    await ada.locator('figure[data-name="Bob"]').getByTestId("tile-menu").click();
    await ada.getByTestId("write-to").click();
    await ada.locator('[data-testid="chat-input"]:focus').waitFor();
    await names.selectOption({ label: "Everybody" });
    await ada.getByTestId("chat-input").fill("Hello all");
    await ada.getByTestId("chat-send").click();
    for (const page of [bob, pia]) await page.getByTestId("show-chat").click();
    await pia.getByText("Hello all").waitFor();
    assertEquals(await pia.getByTestId("chat-message").count(), 1);
    assertEquals(await bob.getByTestId("private").textContent(), "to you alone");
    assertEquals(await ada.getByTestId("private").textContent(), "to Bob alone");
    const link = bob.getByRole("link", { name: "https://example.org/notes" });
    assertEquals(
      [await link.getAttribute("href"), await link.getAttribute("rel"), await link.getAttribute("target")],
      ["https://example.org/notes", "noopener noreferrer nofollow", "_blank"],
    );
    assertEquals(await scrollsSideways(pia), false);
    for (const page of [bob, pia]) await page.getByTestId("close-panel").click();
  });

  await t.step("what is typed, and what was refused, is there again after the chat was closed", async () => {
    const input = bob.getByTestId("chat-input");
    const problem = bob.locator(".chat-form").getByTestId("problem");
    await bob.getByTestId("show-chat").click();
    await input.fill("Half a");
    // With Enter an input method's offer is taken, with Escape it is dropped. Safari tells of either by the code alone.
    for (const key of ["Enter", "Escape"]) {
      for (const sign of [{ isComposing: true }, { isComposing: false, keyCode: 229 }]) {
        await input.dispatchEvent("keydown", { key, ...sign, bubbles: true });
      }
    }
    await bob.keyboard.type(" word");
    await bob.keyboard.press("Escape");
    await input.waitFor({ state: "detached" });
    await bob.getByTestId("show-chat").click();
    assertEquals(await input.inputValue(), "Half a word");
    await bob.evaluate(() => globalThis.refusesChat = true);
    await bob.getByTestId("chat-send").click();
    await problem.waitFor();
    await bob.getByTestId("close-panel").click();
    await input.waitFor({ state: "detached" });
    await bob.getByTestId("show-chat").click();
    await problem.getByText("The server has too much to do at this moment.").waitFor();
    assertEquals(await input.inputValue(), "Half a word");
    await bob.getByTestId("close-panel").click();
  });

  await t.step("a private message that was not sent stays beside the form, and private", async () => {
    const unsent = bob.getByTestId("unsent");
    await bob.getByTestId("show-chat").click();
    await bob.getByTestId("chat-to").selectOption({ label: "Ada" });
    await bob.getByTestId("chat-input").fill("for Ada");
    await bob.evaluate(() => {
      // Somebody else is chosen before the answer comes.
      queueMicrotask(() => {
        const names = document.querySelector<HTMLSelectElement>('[data-testid="chat-to"]');
        if (!names) throw new Error("there is no choice");
        names.value = "";
        names.dispatchEvent(new Event("change", { bubbles: true }));
      });
      document.querySelector<HTMLButtonElement>('[data-testid="chat-send"]')?.click();
    });
    await unsent.getByText("to Ada alone").waitFor();
    assertEquals(await bob.getByTestId("chat-input").inputValue(), "");
    await bob.evaluate(() => globalThis.refusesChat = false);
    await unsent.getByTestId("send-again").click();
    await bob.getByTestId("private").getByText("to Ada alone").waitFor();
    assertEquals(await unsent.count(), 0);
    await bob.getByTestId("close-panel").click();
  });

  await t.step("one person is played lower here, and as before to the others", async () => {
    const volume = (page: Page) =>
      page.locator('audio[data-name="Bob"]').evaluate((audio) =>
        audio instanceof HTMLAudioElement ? audio.volume : undefined
      );
    await ada.getByTestId("show-people").click();
    await inRoster(ada, "Bob").getByTestId("person-menu-button").click();
    await ada.getByTestId("volume").fill("0.25");
    assertEquals([await volume(ada), await volume(pia)], [0.25, 1]);
    await ada.keyboard.press("Escape");
    await ada.getByTestId("volume").waitFor({ state: "hidden" });
  });

  await t.step("where no volume can be set, one person is silenced here, and heard again", async () => {
    const isMuted = (name: string) =>
      pia.locator(`audio[data-name="${name}"]`).evaluate((audio) =>
        audio instanceof HTMLAudioElement && audio.muted
      );
    const choose = async (words: string) => {
      await inRoster(pia, "Bob").getByTestId("person-menu-button").click();
      assertEquals(await pia.getByTestId("volume").count(), 0);
      await pia.getByTestId("silence").getByText(words).click();
      await pia.getByTestId("silence").waitFor({ state: "hidden" });
    };
    await pia.getByTestId("show-people").click();
    await choose("Silence them for you");
    assertEquals([await isMuted("Bob"), await isMuted("Ada")], [true, false]);
    await choose("Hear them again");
    assertEquals(await isMuted("Bob"), false);
    await pia.getByTestId("close-panel").click();
  });

  await t.step("a pin has the stage, and the others stay beside it", async () => {
    await inRoster(ada, "Pia").getByTestId("person-menu-button").click();
    await ada.getByTestId("pin").click();
    await ada.locator('.stage-beside > figure[data-name="Pia"]:first-child').waitFor();
    assertEquals((await tiles(ada)).toSorted(), ["Ada", "Bob", "Pia", "שרה"]);
    await inRoster(ada, "Pia").getByTestId("person-menu-button").click();
    await ada.getByTestId("pin").getByText("Unpin").click();
    await ada.locator(".stage-none").waitFor();
  });

  await t.step("the speaker is large where somebody wants that, on a phone above the others", async () => {
    await choose(pia, "view-mode");
    await pia.locator(".stage-above > figure:first-child video").waitFor();
    const [stage = 0, ...others] = await pia.locator("figure").evaluateAll((all) =>
      all.map((tile) => tile.getBoundingClientRect().height)
    );
    assertEquals(others.map((height) => stage > 1.5 * height), [true, true, true]);
    assertEquals(await scrollsSideways(pia), false);
    assertEquals(await ada.locator(".stage-none").count(), 1);
  });

  await t.step("who wants only sound gets no pictures, and gets them back", async () => {
    await choose(bob, "audio-only");
    await videos(bob).first().waitFor({ state: "detached" });
    assertEquals((await tiles(bob)).toSorted(), ["Ada", "Bob", "Pia", "שרה"]);
    assertEquals(await bob.locator("audio").count(), 3);
    await choose(bob, "audio-only");
    await videos(bob).nth(2).waitFor();
  });

  await t.step("a panel that is closed gives the focus back to its button", async () => {
    for (const [button, panel] of [["show-people", "roster"], ["show-chat", "chat-input"]] as const) {
      for (const close of [() => bob.keyboard.press("Escape"), () => bob.keyboard.press("Enter")]) {
        await bob.getByTestId(button).click();
        await bob.getByTestId(panel).waitFor();
        await bob.getByTestId("close-panel").focus();
        await close();
        await bob.locator(`[data-testid="${button}"]:focus`).waitFor();
        await bob.getByTestId(panel).waitFor({ state: "detached" });
      }
    }
  });

  await t.step("the menu is reached and left by keyboard alone", async () => {
    await bob.getByTestId("more").focus();
    await bob.keyboard.press("Enter");
    await bob.locator('[data-testid="react"]:focus').waitFor();
    await bob.keyboard.press("Escape");
    await bob.getByTestId("react").first().waitFor({ state: "hidden" });
    await bob.locator('[data-testid="more"]:focus').waitFor();
  });

  await t.step("a pin ends with the choice of a view, and with its person", async () => {
    const pin = async () => {
      await inRoster(ada, "שרה").getByTestId("person-menu-button").click();
      await ada.getByTestId("pin").getByText("Pin to the stage").click();
      await ada.locator('.stage-beside > figure[data-name="שרה"]:first-child').waitFor();
    };
    await pin();
    await choose(ada, "view-mode");
    await choose(ada, "view-mode");
    await ada.locator(".stage-none").waitFor();
    await pin();
    const asked = (await signaling).waitForEvent(
      "framesent",
      ({ payload }) => /"layout\.set".*"mode":"grid"/.test(String(payload)),
    );
    await sara.getByTestId("leave").click();
    await ada.locator(".stage-none").waitFor();
    await asked;
  });

  await t.step("a microphone that hears nothing is said", async () => {
    const eve = await crowd.open(DESKTOP);
    await eve.clock.install();
    await eve.addInitScript(() => {
      globalThis.takenLooks = 0;
      const { getFloatTimeDomainData } = AnalyserNode.prototype;
      AnalyserNode.prototype.getFloatTimeDomainData = function (samples) {
        globalThis.takenLooks++;
        getFloatTimeDomainData.call(this, samples);
      };
      const { getUserMedia } = MediaDevices.prototype;
      MediaDevices.prototype.getUserMedia = async function (constraints) {
        const stream = await getUserMedia.call(this, constraints);
        const context = new AudioContext();
        const silent = context.createMediaStreamDestination();
        const tone = context.createOscillator();
        tone.start();
        globalThis.setTone = (isOn) => isOn ? tone.connect(silent) : tone.disconnect();
        return new MediaStream([...stream.getVideoTracks(), ...silent.stream.getAudioTracks()]);
      };
    });
    await signUp(eve, stack.origin, "Eve");
    await eve.getByTestId("meeting-name").fill("Quiet");
    await eve.getByTestId("create-meeting").click();
    await enter(eve, "Eve");
    const look = async () => {
      const before = await eve.evaluate(() => globalThis.takenLooks);
      await eve.waitForFunction((before) => globalThis.takenLooks > before, before);
    };
    await look();
    // So long nothing is heard before it is said.
    await eve.clock.fastForward(8_000);
    const problem = eve.getByTestId("problem");
    await problem.getByText("Your microphone is on and hears nothing.").waitFor();
    await eve.getByTestId("mute").click();
    await problem.waitFor({ state: "detached" });
    // One that was heard isn't looked at any more, nor after it was muted.
    await eve.getByTestId("mute").click();
    await look();
    await eve.clock.fastForward(8_000);
    await problem.waitFor();
    await eve.evaluate(() => globalThis.setTone(true));
    await problem.waitFor({ state: "detached" });
    await eve.evaluate(() => globalThis.setTone(false));
    const looked = await eve.evaluate(() => globalThis.takenLooks);
    for (const label of ["Unmute", "Mute"]) {
      await eve.getByTestId("mute").click();
      await eve.getByTestId("mute").getByText(label, { exact: true }).waitFor();
    }
    await eve.clock.fastForward(8_000);
    assertEquals([await eve.evaluate(() => globalThis.takenLooks), await problem.count()], [looked, 0]);
  });

  assertEquals(crowd.errors, []);
});
